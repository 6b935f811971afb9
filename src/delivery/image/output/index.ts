export { archiveStream, type TaggedImage, writeArchive } from './archive.ts';
export { EMPTY_INDEX, type NamedImage, writeLayout } from './layout.ts';
