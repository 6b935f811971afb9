export { type ArtifactDraft, type ArtifactSource, ArtifactStore, STATIC_SERVER } from './artifact-store.ts';
export { npmDevelopmentNeed, npmNeed, type PackageNeed, pythonNeed } from './packages.ts';
