export { Engines } from './engines.ts';
export { hostRoutes } from './host-routes.ts';
export type { LinkState } from './link.ts';
export type { SessionOrder } from './order.ts';
export { type StoredTarget, TargetStore } from './target-store.ts';
export { type TargetState, Targets, type TargetWish } from './targets.ts';
