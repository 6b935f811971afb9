export * from './desired/index.ts';
export { type AppliedKind, appliedKinds, pluralOf } from './kinds.ts';
export { LAST_APPLIED, lastApplied } from './last-applied.ts';
export { namespaceOf } from './names.ts';
export { type KubernetesObject, type KubernetesPart, STAGES, type Stage } from './object.ts';
export * from './observed/index.ts';
export { differences } from './possible.ts';
export { credentialsOf } from './postgres/index.ts';
export { bytesQuantity, coresQuantity, sizeQuantity } from './quantity.ts';
export { type Account, type Right, renderRights, rightsNeeded } from './role.ts';
export {
  type EndpointSlice,
  GATEWAY_METRICS_PORT,
  GATEWAY_RULES,
  type GatewayRules,
  gatewayRulesIn,
  gatewayTable,
} from './routing/index.ts';
export { type NeededSecret, secretsNeeded } from './secrets.ts';
export { renderServer, type ServerWish, USUAL_SERVER } from './server.ts';
export * from './strayed.ts';
export { renderNamespace, renderSystem } from './system.ts';
export type * from './wish.ts';
