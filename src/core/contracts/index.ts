export type * from './clock.ts';
export type * from './engine.ts';
export { planWithoutRequests } from './plan-without-requests.ts';
export type * from './resource.ts';
export { RESOURCE_HOLD_MS } from './resource-hold.ts';
export type * from './runtime.ts';
export type * from './secrets.ts';
export type * from './traffic.ts';
export { wishDigest } from './wish.ts';
