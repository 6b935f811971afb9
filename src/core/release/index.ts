export { type SettingChange, settingChanges } from './differences.ts';
export { type ReleaseUse, releasesToForget } from './keep.ts';
export {
  canonical,
  changedServices,
  type Release,
  type ReleaseContent,
  sameRelease,
  sameSecrets,
} from './release.ts';
