export { nodeLayer } from './node.ts';
export { type RuntimeLayers, runtimeLayers } from './runtime.ts';
