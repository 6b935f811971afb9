export * from './artifact/index.ts';
export * from './container/index.ts';
export * from './git/index.ts';
export type * from './image/index.ts';
export * from './pipeline/index.ts';
export * from './quality/index.ts';
export * from './recognise/index.ts';
export * from './render/index.ts';
export * from './source/index.ts';

/** Images, loaded by whoever makes one: nobody else keeps that in memory. */
export const loadImages = () => import('./image/index.ts');
