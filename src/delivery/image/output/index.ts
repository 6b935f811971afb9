export { archiveStream, type TaggedImage, writeArchive } from './archive.ts';
export { type NamedImage, writeLayout } from './layout.ts';
