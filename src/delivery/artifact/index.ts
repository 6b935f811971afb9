export {
  type ArtifactDraft,
  type ArtifactSource,
  ArtifactStore,
  type ContainerMaker,
  type ContainerSource,
  developmentPackages,
  type Making,
  STATIC_SERVER,
  stageContext,
} from './artifact-store.ts';
export { fileDigest } from './digest.ts';
export { sourceFiles } from './files.ts';
export { linkForDevelopment, type RunTool } from './install.ts';
export { npmDevelopmentNeed, npmNeed, type PackageNeed, pythonNeed } from './packages.ts';
