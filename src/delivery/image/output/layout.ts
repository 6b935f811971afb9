import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { EscaleError } from '../../../core/errors/index.ts';
import { type Descriptor, encoded, INDEXES, type Index, MEDIA } from '../../../core/image/index.ts';
import { writeDurably } from '../../../host/index.ts';
import { parseManifest } from '../base/index.ts';
import type { Blobs } from '../blobs.ts';

/** An image under a name in a layout. */
export interface NamedImage {
  manifest: Descriptor;
  config: Descriptor;
  layers: Descriptor[];
  /** Its `org.opencontainers.image.ref.name`. */
  ref: string;
  /** Its name in Docker: `shop/web:dev`. */
  tag?: string | null;
  /** What is written beside the layout; null: nothing. */
  sbom: Descriptor | null;
}

const REF_NAME = 'org.opencontainers.image.ref.name';

/** Writes images into an OCI layout folder, which may hold others already; each is listed once all of it is there. */
export async function writeLayout(blobs: Blobs, folder: string, images: NamedImage[]): Promise<void> {
  const index = readIndex(folder);
  mkdirSync(path.join(folder, 'blobs', 'sha256'), { recursive: true });
  for (const { manifest, config, layers, ref, sbom } of images) {
    for (const descriptor of [manifest, config, ...layers]) await copyBlob(blobs, folder, descriptor);
    if (sbom !== null) writeDurably(`${folder}.${ref}.spdx.json`, readText(blobs, sbom), 0o644);
  }
  writeDurably(path.join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}', 0o644);
  writeDurably(path.join(folder, 'index.json'), encoded(withImages(index, images)).toString(), 0o644);
}

/** The index with these images instead of those of the same names. */
export function withImages(index: Index, images: NamedImage[]): Index {
  const names = images.map(({ ref }) => ref);
  const others = index.manifests.filter(({ annotations }) => !names.includes(annotations?.[REF_NAME] ?? ''));
  const own = images.map((image) => ({ ...image.manifest, annotations: namesOf(image) }));
  return { ...index, manifests: [...others, ...own] };
}

/** Its name in the layout, and where Docker is to name it so, too. */
function namesOf({ ref, tag = null }: NamedImage): Record<string, string> {
  return { [REF_NAME]: ref, ...(tag !== null && { 'io.containerd.image.name': `docker.io/${tag}` }) };
}

export const EMPTY_INDEX: Index = { schemaVersion: 2, mediaType: MEDIA.index, manifests: [] };

function readIndex(folder: string): Index {
  const file = path.join(folder, 'index.json');
  if (!existsSync(file)) return EMPTY_INDEX;
  const index = parseManifest(readFileSync(file), INDEXES[0]!);
  if ('manifests' in index) return index;
  throw new EscaleError('image-choice', `${folder} is a folder of something else`, { place: folder });
}

function readText(blobs: Blobs, descriptor: Descriptor): string {
  return blobs.read(descriptor).toString('utf8');
}

async function copyBlob(blobs: Blobs, folder: string, { digest }: Descriptor): Promise<void> {
  const target = path.join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
  if (existsSync(target)) return;
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    await copyFile(blobs.fileOf(digest), temporary);
    // The cache is its owner's; what is written for others is for others.
    chmodSync(temporary, 0o644);
    syncFile(temporary);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function syncFile(file: string): void {
  const handle = openSync(file, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
