export { type ArtifactDraft, type ArtifactSource, ArtifactStore, STATIC_SERVER } from './artifact-store.ts';
