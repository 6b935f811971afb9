export { type HandOverChoice, handOverWish, postgresChoice, USUAL_CHOICE } from './hand-over.ts';
export { renderKubernetes, renderRbac } from './tree.ts';
