export { artifactFiles } from './artifact-files.ts';
export { type Base, type BaseChoice, parseBase } from './base/index.ts';
export type { BuildRequest, Files } from './build.ts';
export type { Image } from './describe.ts';
export { bytesOf, type ImageName, Images, type ImagesSetting, platform } from './images.ts';
export { archiveStream, type NamedImage, type TaggedImage } from './output/index.ts';
export { OWN_IMAGES, type OwnImage, type OwnName, ownImage } from './own-images.ts';
export { type Pushed, Registries, type RegistrySetting } from './registry/index.ts';
export {
  buildSystem,
  imagesFor,
  type SystemBuildRequest,
  type SystemBuildSetting,
  type SystemImages,
  shownBase,
} from './system.ts';
export { isKeptWhole, readWhole, type WholeImage, withDigest } from './whole/index.ts';
