export type { FoundFile, Whereabouts } from './find.ts';
export { findFile } from './find.ts';
export type { LoadedSystem, Naming, ReadSystem } from './load.ts';
export { loadSystem, readSystem } from './load.ts';
export {
  isSecretFile,
  readSecretFiles,
  type SecretFile,
  secretFilesIn,
} from './secret-files.ts';
