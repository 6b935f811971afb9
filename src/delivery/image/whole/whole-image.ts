import { readFileSync } from 'node:fs';
import type { Descriptor, Layer, Manifest } from '../../../core/image/index.ts';
import { parseManifest } from '../base/index.ts';
import type { Blobs } from '../blobs.ts';

/** An image as somebody else made it: nothing of it is changed. */
export interface WholeImage {
  manifest: Descriptor;
  config: Descriptor;
  layers: Descriptor[];
}

/** One that was just taken from another builder. */
export interface BuiltImage extends WholeImage {
  layers: Layer[];
}

/** The image of a manifest that is among blobs. Throws `image-damaged`. */
export function wholeImage(blobs: Blobs, digest: string): WholeImage {
  const size = readFileSync(blobs.fileOf(digest)).length;
  const { mediaType, config, layers } = parseManifest(blobs.read({ digest, size }), '') as Manifest;
  return { manifest: { mediaType, digest, size }, config, layers };
}
