import { EscaleError } from '../../../core/errors/index.ts';
import { formatReference, type Platform, parseReference } from '../../../core/image/index.ts';
import { baseFromRegistry } from '../base/index.ts';
import type { Blobs } from '../blobs.ts';
import { fetchManifest, type Registries } from '../registry/index.ts';
import { type WholeImage, wholeImage } from './whole-image.ts';

/**
 * What a name means now: itself with the digest of what its registry has. One with a digest is not asked for. Throws
 * `image-unknown`, `image-reference` and what the registry says.
 */
export async function withDigest(registries: Registries, text: string): Promise<string> {
  const reference = parseReference(text);
  const { registry, repository, tag, digest } = reference;
  if (digest !== null) return text;
  const found = await fetchManifest(registries.of(registry), repository, tag ?? 'latest');
  if (found === null) throw new EscaleError('image-unknown', `there is no image ${text}`);
  return formatReference({ ...reference, digest: found.descriptor.digest });
}

/** Brings all of an image into the cache, byte for byte. `text` names it with its digest. */
export async function pullWhole(
  blobs: Blobs,
  request: { text: string; folder: string; registries: Registries; platform: Platform },
): Promise<WholeImage> {
  const { text: reference, ...rest } = request;
  try {
    const { digest } = await baseFromRegistry(blobs, { ...rest, reference, renew: false });
    return wholeImage(blobs, digest);
  } catch (error) {
    if (!(error instanceof EscaleError) || error.code !== 'image-base') throw error;
    throw new EscaleError('image-unknown', error.message);
  }
}
