export { Engines } from './engines.ts';
export { hostRoutes } from './host-routes.ts';
export type { LinkState } from './link.ts';
export type { SessionOrder } from './order.ts';
export { TargetStore, type StoredTarget } from './target-store.ts';
export { Targets, type TargetState, type TargetWish } from './targets.ts';
