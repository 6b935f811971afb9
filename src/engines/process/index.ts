export { ProcessRuntime, type ProcessRuntimeOptions } from './process-runtime.ts';
export { portHolder } from './sockets.ts';
