export { nodeLayer } from './node.ts';
export { checkPython } from './python.ts';
export { type RuntimeLayers, runtimeLayers } from './runtime.ts';
