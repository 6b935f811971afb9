import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../../core/errors/index.ts';
import {
  type BaseImage,
  formatReference,
  isDigest,
  type Platform,
  parseReference,
  type Reference,
} from '../../../core/image/index.ts';
import { writeDurably } from '../../../host/index.ts';
import type { Blobs } from '../blobs.ts';
import { fetchBlob, fetchManifest, type Registries } from '../registry/index.ts';
import { baseImage, forPlatform, MOST_DOCUMENT, parseManifest } from './manifest.ts';

export interface RegistryBaseRequest {
  reference: string;
  platform: Platform;
  /** Folder of the cache of images. */
  folder: string;
  renew: boolean;
  registries: Registries;
}

/** A base of a registry. What its tag means is asked once and kept, until it is renewed; so are all of its blobs. */
export async function baseFromRegistry(blobs: Blobs, request: RegistryBaseRequest): Promise<BaseImage> {
  const reference = parseReference(request.reference);
  const { platform } = request;
  const kept = readKept(request, reference);
  const digest = kept ?? (await resolveDigest(blobs, request, reference));
  const client = request.registries.of(reference.registry);
  const { repository } = reference;
  const manifest = await document(blobs, request, { reference, digest });
  const found = parseManifest(manifest, '');
  if (!('layers' in found)) throw new EscaleError('image-damaged', `${digest} is no image`);
  if (found.config.size > MOST_DOCUMENT)
    throw new EscaleError('image-damaged', 'its configuration is too large');
  await fetchBlob(client, blobs, { repository, descriptor: found.config });
  const name = formatReference({ ...reference, digest: null });
  const image = baseImage(found, blobs.read(found.config), { name, digest, platform });
  for (const layer of image.layers) await fetchBlob(client, blobs, { repository, descriptor: layer });
  if (kept === null) keep(request, reference, digest);
  return { ...image, origin: { registry: reference.registry, repository } };
}

/** The digest of the manifest for the platform, which then is in the cache. */
async function resolveDigest(
  blobs: Blobs,
  { registries, platform }: RegistryBaseRequest,
  reference: Reference,
): Promise<string> {
  const { registry, repository, tag, digest } = reference;
  const shown = formatReference(reference);
  const client = registries.of(registry);
  let wanted = digest ?? tag ?? 'latest';
  for (let step = 0; step < 3; step++) {
    const fetched = await fetchManifest(client, repository, wanted);
    if (fetched === null) throw new EscaleError('image-base', `there is no image ${shown}`);
    const found = parseManifest(fetched.bytes, fetched.descriptor.mediaType);
    if ('layers' in found) return blobs.put(fetched.bytes, found.mediaType).digest;
    wanted = forPlatform(found, platform, shown).digest;
  }
  throw new EscaleError('image-base', `${shown} has indexes of indexes`);
}

async function document(
  blobs: Blobs,
  { registries }: RegistryBaseRequest,
  { reference, digest }: { reference: Reference; digest: string },
): Promise<Buffer> {
  const file = blobs.fileOf(digest);
  if (existsSync(file)) return blobs.read({ digest, size: readFileSync(file).length });
  const fetched = await fetchManifest(registries.of(reference.registry), reference.repository, digest);
  if (fetched === null) throw new EscaleError('image-base', `${formatReference(reference)} is gone`);
  blobs.put(fetched.bytes, fetched.descriptor.mediaType);
  return fetched.bytes;
}

function keptFile({ folder, platform }: RegistryBaseRequest, reference: Reference): string {
  const name = encodeURIComponent(`${formatReference(reference)} ${platform.architecture}`);
  return path.join(folder, 'bases', `${name.slice(-200)}.json`);
}

function readKept(request: RegistryBaseRequest, reference: Reference): string | null {
  if (request.renew) return null;
  try {
    const { name, digest } = JSON.parse(readFileSync(keptFile(request, reference), 'utf8'));
    return name === formatReference(reference) && isDigest(digest) ? digest : null;
  } catch {
    return null;
  }
}

function keep(request: RegistryBaseRequest, reference: Reference, digest: string): void {
  const file = keptFile(request, reference);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeDurably(file, JSON.stringify({ name: formatReference(reference), digest }));
}
