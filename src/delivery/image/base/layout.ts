import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../../core/errors/index.ts';
import {
  type BaseImage,
  type Descriptor,
  digestOf,
  INDEXES,
  type Index,
  type Manifest,
  type Platform,
} from '../../../core/image/index.ts';
import type { Blobs } from '../blobs.ts';
import { baseImage, forPlatform, MOST_DOCUMENT, parseManifest } from './manifest.ts';

const REF_NAME = 'org.opencontainers.image.ref.name';
const MOST_STEPS = 4;

export interface LayoutRequest {
  folder: string;
  /** Which of several images: its name in the layout; null: the only one. */
  name: string | null;
  platform: Platform;
}

/** An image of an OCI layout folder; its layers are copied into the cache, all digests checked. */
export async function baseFromLayout(blobs: Blobs, request: LayoutRequest): Promise<BaseImage> {
  const { folder, platform } = request;
  const top = chooseNamed(readIndex(folder), request);
  const { manifest, descriptor } = resolve(folder, top, platform);
  const config = readDocument(folder, manifest.config);
  const shown = `layout:${path.basename(folder)}`;
  const image = baseImage(manifest, config, { name: null, digest: descriptor.digest, platform });
  for (const layer of image.layers)
    if (!blobs.has(layer)) await blobs.take(layer, createReadStream(blobFile(folder, layer, shown)));
  return image;
}

function readIndex(folder: string): Index {
  const file = path.join(folder, 'index.json');
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || stat.size > MOST_DOCUMENT)
    throw new EscaleError('image-base', `${folder} is no OCI layout: it has no index.json`, {
      place: folder,
    });
  const index = parseManifest(readFileSync(file), INDEXES[0]!);
  if (!('manifests' in index)) throw new EscaleError('image-base', `${file} is no index`, { place: file });
  return index;
}

function chooseNamed(index: Index, { folder, name }: LayoutRequest): Descriptor {
  const named = index.manifests.filter(
    ({ annotations }) => name === null || annotations?.[REF_NAME] === name,
  );
  if (named.length === 1) return named[0]!;
  const names = index.manifests.map(({ annotations }) => annotations?.[REF_NAME]).filter(Boolean);
  const which = name === null ? `has ${named.length} images` : `has no image ${JSON.stringify(name)}`;
  throw new EscaleError('image-base', `${folder} ${which}`, {
    place: folder,
    next:
      names.length > 0
        ? `Name one of them: layout:${folder}@NAME, of ${names.join(', ')}.`
        : 'Give another base.',
  });
}

/** Through indexes to the manifest of this platform. */
function resolve(
  folder: string,
  top: Descriptor,
  platform: Platform,
): { manifest: Manifest; descriptor: Descriptor } {
  let descriptor = top;
  for (let step = 0; step < MOST_STEPS; step++) {
    const found = parseManifest(readDocument(folder, descriptor), descriptor.mediaType);
    if ('layers' in found) return { manifest: found, descriptor };
    descriptor = forPlatform(found, platform, folder);
  }
  throw new EscaleError('image-base', `${folder} has indexes of indexes`, { place: folder });
}

function readDocument(folder: string, descriptor: Descriptor): Buffer {
  if (descriptor.size > MOST_DOCUMENT)
    throw new EscaleError('image-damaged', `${descriptor.digest} is too large`);
  const bytes = readAtMost(blobFile(folder, descriptor, folder), descriptor.size + 1);
  if (digestOf(bytes) !== descriptor.digest)
    throw new EscaleError('image-damaged', `${descriptor.digest} in ${folder} is something else`, {
      place: folder,
    });
  return bytes;
}

function readAtMost(file: string, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  const handle = openSync(file, 'r');
  try {
    return bytes.subarray(0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

function blobFile(folder: string, { digest }: Descriptor, shown: string): string {
  const file = path.join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  throw new EscaleError('image-damaged', `${shown} lacks ${digest}`, { place: folder });
}
