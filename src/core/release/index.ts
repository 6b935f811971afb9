export { canonical, changedServices, type Release, type ReleaseContent, sameRelease } from './release.ts';
