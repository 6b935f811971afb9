export { identify, isAlive, type ProcessIdentity } from './identity.ts';
export { ProcessRuntime, type ProcessRuntimeOptions } from './process-runtime.ts';
export { portHolder } from './sockets.ts';
