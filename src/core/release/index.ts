export {
  canonical,
  changedServices,
  type Release,
  type ReleaseContent,
  sameRelease,
  sameSecrets,
} from './release.ts';
