export * from './recognise/index.ts';
export * from './source/index.ts';
