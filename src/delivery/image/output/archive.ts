import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Descriptor, dockerManifest, encoded } from '../../../core/image/index.ts';
import { diskProblem } from '../../../host/index.ts';
import type { Blobs } from '../blobs.ts';
import { type Entry, sorted, tarPieces, withFolders } from '../tar/index.ts';
import { EMPTY_INDEX, type NamedImage, withImages } from './layout.ts';

/** An image with the name that Docker gives it: `shop/web:dev`. */
export interface TaggedImage extends NamedImage {
  tag: string;
}

/** Images as one archive that both `docker load` and readers of OCI layouts take. Deterministic to the byte. */
export function archivePieces(blobs: Blobs, images: TaggedImage[]): Iterable<Buffer> {
  const index = withImages(EMPTY_INDEX, images);
  const docker = images.flatMap(({ config, layers, tag }) => dockerManifest(config, layers, [tag]));
  const all = images.flatMap(({ manifest, config, layers }) => [manifest, config, ...layers]);
  const entries: Entry[] = [
    text('oci-layout', '{"imageLayoutVersion":"1.0.0"}'),
    text('index.json', encoded(index).toString()),
    text('manifest.json', JSON.stringify(docker)),
    ...all.map((descriptor) => blobEntry(blobs, descriptor)),
  ];
  return tarPieces(sorted(withFolders(entries)));
}

/** The archive as a stream, for a file or a socket. */
export function archiveStream(blobs: Blobs, images: TaggedImage[]): Readable {
  return Readable.from(archivePieces(blobs, images), { objectMode: false });
}

/** The archive as a file, which is there whole or not at all. */
export async function writeArchive(blobs: Blobs, file: string, images: TaggedImage[]): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await pipeline(archiveStream(blobs, images), createWriteStream(temporary, { flush: true }));
    renameSync(temporary, file);
  } catch (error) {
    throw diskProblem(error, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function text(path: string, content: string): Entry {
  return { path, type: 'file', mode: 0o644, content: { bytes: Buffer.from(content) } };
}

function blobEntry(blobs: Blobs, { digest }: Descriptor): Entry {
  const path = `blobs/${digest.replace(':', '/')}`;
  return { path, type: 'file', mode: 0o644, content: { file: blobs.fileOf(digest) } };
}
