export { type HandOverChoice, handOverWish, USUAL_CHOICE } from './hand-over.ts';
export { renderKubernetes, renderRbac } from './tree.ts';
