export { type Content, type Entry, sorted, withFolders } from './entry.ts';
export { damaged, READ_LIMITS, type ReadEntry, readTar } from './read.ts';
export { safePath } from './safe-path.ts';
export { PIECE_BYTES, tarPieces } from './write.ts';
