import { EscaleError } from '../../../core/errors/index.ts';
import {
  type BaseImage,
  compressionOf,
  type Descriptor,
  type ImageConfig,
  INDEXES,
  type Index,
  isDigest,
  MANIFESTS,
  type Manifest,
  type Platform,
} from '../../../core/image/index.ts';

/** Documents larger than this are none (distribution specification: registries may refuse more than 4 MiB). */
export const MOST_DOCUMENT = 4 << 20;
/** What overlay file systems carry is less. */
const MOST_LAYERS = 512;
const MOST_LAYER = 32 * 2 ** 30;

/** A manifest or an index that somebody else wrote, checked as far as it is used. Throws `image-damaged`. */
export function parseManifest(bytes: Buffer, mediaType: string): Manifest | Index {
  const value = parseDocument(bytes);
  const type = typeof value.mediaType === 'string' ? value.mediaType : mediaType;
  if (INDEXES.includes(type) || (!MANIFESTS.includes(type) && Array.isArray(value.manifests)))
    return { ...(value as unknown as Index), mediaType: type, manifests: descriptors(value.manifests) };
  const [config] = descriptors([value.config]);
  const layers = descriptors(value.layers);
  if (layers.length > MOST_LAYERS) throw wrong(`it has ${layers.length} layers`);
  return { ...(value as unknown as Manifest), mediaType: type, config: config!, layers };
}

export function parseDocument(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below.
  }
  throw wrong('it is no JSON object');
}

function descriptors(value: unknown): Descriptor[] {
  if (!Array.isArray(value)) throw wrong('a list is missing');
  return value.map((each: Partial<Descriptor> | null) => {
    const { mediaType, digest, size } = each ?? {};
    if (typeof mediaType !== 'string' || !isDigest(digest)) throw wrong('a part has no type or no sha256');
    if (!Number.isSafeInteger(size) || size! < 0 || size! > MOST_LAYER)
      throw wrong(`a part has the size ${size}`);
    return { ...(each as Descriptor) };
  });
}

/** The manifest of an index for a platform. Throws `image-base`. */
export function forPlatform(index: Index, { os, architecture }: Platform, name: string): Descriptor {
  const found = index.manifests.find(
    ({ platform, mediaType }) =>
      MANIFESTS.includes(mediaType) && platform?.os === os && platform.architecture === architecture,
  );
  const only = index.manifests.length === 1 && index.manifests[0]!.platform === undefined;
  if (found !== undefined) return found;
  if (only) return index.manifests[0]!;
  throw new EscaleError('image-base', `${name} has no image for ${os}/${architecture}`);
}

/** A configuration with the layers that its manifest names: as many as it says. Throws `image-damaged`, `image-base`. */
export function baseImage(
  manifest: Manifest,
  configBytes: Buffer,
  { name, digest, platform }: { name: string | null; digest: string; platform: Platform },
): BaseImage {
  const config = parseDocument(configBytes) as unknown as ImageConfig;
  const ids = config.rootfs?.diff_ids;
  if (!Array.isArray(ids) || ids.length !== manifest.layers.length || !ids.every(isDigest))
    throw wrong('its configuration and its manifest name different layers');
  if (config.os !== platform.os || config.architecture !== platform.architecture)
    throw new EscaleError(
      'image-base',
      `${name ?? digest} is for ${config.os}/${config.architecture}, not for ${platform.os}/${platform.architecture}`,
    );
  const steps = (config.history ?? []).filter((step) => step?.empty_layer !== true);
  const layers = manifest.layers.map((layer, index) => {
    if (compressionOf(layer.mediaType) === null)
      throw new EscaleError('image-base', `a layer of ${name ?? digest} is of the kind ${layer.mediaType}`);
    const what = steps.length === ids.length ? String(steps[index]?.created_by ?? 'base') : 'base';
    return { ...layer, diffId: ids[index]!, what };
  });
  return { config, layers, name, digest };
}

function wrong(why: string): EscaleError {
  return new EscaleError('image-damaged', `a description of an image can’t be used: ${why}`);
}
