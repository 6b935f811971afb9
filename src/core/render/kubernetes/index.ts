export { type HandOverChoice, handOverWish, postgresChoice, USUAL_CHOICE } from './hand-over.ts';
export { type Deployed, renderDeployed, renderKubernetes, renderRbac, renderServerFiles } from './tree.ts';
