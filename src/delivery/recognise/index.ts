export type { FolderView } from './folder-view.ts';
export { viewFolder } from './folder-view.ts';
export type { Guess } from './guess.ts';
export type { Recognised } from './system.ts';
export { recogniseSystem } from './system.ts';
export type { InitRequest, InitResult } from './write.ts';
export { initSystem } from './write.ts';
