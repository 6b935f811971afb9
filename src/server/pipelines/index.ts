export type { PipelineLine } from './follow.ts';
export { lineText, NO_PAINT, testsText } from './line-text.ts';
export type { Deliver, PipelinesParts } from './parts.ts';
export { Pipelines } from './pipelines.ts';
export { registrySettings } from './registries.ts';
export { PipelineStore } from './store.ts';
export type * from './stored.ts';
