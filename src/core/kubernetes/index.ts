export { namespaceOf } from './names.ts';
export { type KubernetesObject, type KubernetesPart, STAGES, type Stage } from './object.ts';
export { differences } from './possible.ts';
export { bytesQuantity, coresQuantity } from './quantity.ts';
export { renderRights } from './role.ts';
export { type NeededSecret, secretsNeeded } from './secrets.ts';
export { renderNamespace, renderSystem } from './system.ts';
export type * from './wish.ts';
