export * from './artifact/index.ts';
export * from './source/index.ts';
