export { type RuntimeLayers, runtimeLayers } from './runtime.ts';
