import { copyFileSync, existsSync, linkSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../../core/errors/index.ts';
import { encoded, INDEXES } from '../../../core/image/index.ts';
import { diskProblem, syncFolder, writeDurably } from '../../../host/index.ts';
import { parseManifest } from '../base/index.ts';
import { Blobs } from '../blobs.ts';
import { EMPTY_INDEX } from '../output/index.ts';
import { type WholeImage, wholeImage } from './whole-image.ts';

const INDEX = 'index.json';
const LAYOUT = 'oci-layout';

/** Keeps an image as an OCI layout in a folder, durably. Layers that the cache has are not written twice. */
export function keepWhole(blobs: Blobs, folder: string, image: WholeImage): void {
  const kept = new Blobs(path.join(folder, 'blobs'));
  try {
    for (const { digest } of image.layers) share(blobs.fileOf(digest), kept.fileOf(digest));
  } catch (error) {
    throw diskProblem(error, folder);
  }
  // Documents of the cache are not synced.
  for (const document of [image.config, image.manifest])
    writeDurably(kept.fileOf(document.digest), blobs.read(document));
  syncFolder(kept.folder);
  writeDurably(path.join(folder, LAYOUT), '{"imageLayoutVersion":"1.0.0"}');
  writeDurably(path.join(folder, INDEX), encoded({ ...EMPTY_INDEX, manifests: [image.manifest] }).toString());
}

function share(from: string, to: string): void {
  if (existsSync(to)) return;
  try {
    linkSync(from, to);
  } catch {
    // It is on another file system, or on one without links.
    copyFileSync(from, to);
  }
}

/** Whether a folder was made by `keepWhole`. */
export function isKeptWhole(folder: string): boolean {
  return existsSync(path.join(folder, INDEX)) && existsSync(path.join(folder, LAYOUT));
}

/** The image that a folder keeps, and its blobs. Throws `image-damaged`. */
export function readWhole(folder: string): { blobs: Blobs; image: WholeImage } {
  const blobs = new Blobs(path.join(folder, 'blobs'));
  const index = parseManifest(readFileSync(path.join(folder, INDEX)), INDEXES[0]!);
  const [only] = 'manifests' in index ? index.manifests : [];
  if (only === undefined)
    throw new EscaleError('image-damaged', `${folder} keeps no image`, { place: folder });
  return { blobs, image: wholeImage(blobs, only.digest) };
}
