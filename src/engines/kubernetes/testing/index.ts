export { ApiServer, type Fault } from './api-server.ts';
export type { Fate } from './kubelet.ts';
export type { StoredObject } from './object-store.ts';
export { engineOn, inShort, NAMESPACE, PLACE, planOf, setOf, wishOf } from './system.ts';
