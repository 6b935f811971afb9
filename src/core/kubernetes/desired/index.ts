export { type ClusterOptions, type ImageOf, renderDesired, renderPlace } from './render.ts';
export { renderRun, runName } from './run.ts';
export { databaseSecrets, type WishedSecret, wishedSecrets } from './secrets.ts';
export { setsByService } from './system.ts';
export * from './words.ts';
