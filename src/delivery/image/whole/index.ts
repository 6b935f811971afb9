export { importArchive } from './docker-archive.ts';
export { isKeptWhole, keepWhole, readWhole } from './kept.ts';
export { pullWhole, withDigest } from './pull.ts';
export type { BuiltImage, WholeImage } from './whole-image.ts';
