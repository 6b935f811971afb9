import { createReadStream } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../../core/errors/index.ts';
import {
  composeManifest,
  type Descriptor,
  type ImageConfig,
  isDigest,
  type Layer,
  MEDIA,
  type Platform,
} from '../../../core/image/index.ts';
import { compressionByMagic, MOST_DOCUMENT, parseDocument, plain } from '../base/index.ts';
import { type LayerCache, packStream } from '../layers/index.ts';
import { damaged, type ReadEntry, readTar } from '../tar/index.ts';
import type { BuiltImage } from './whole-image.ts';

/** Links that lead to links, at most. */
const MOST_LINKS = 8;

interface Archive {
  file: string;
  entries: Map<string, ReadEntry>;
}

/**
 * The one image of an archive as `docker save` and other builders write it, in the cache. Its configuration stays as it
 * is, and with it the image's id; layers are packed once for each content. Throws `image-damaged`.
 */
export async function importArchive(
  cache: LayerCache,
  file: string,
  platform: Platform,
): Promise<BuiltImage> {
  const archive = await look(file);
  const list: unknown = JSON.parse((await document(archive, 'manifest.json')).toString('utf8'));
  const [only, ...others] = Array.isArray(list) ? list : [];
  if (only === undefined || others.length > 0) throw damaged('it does not hold one image');
  const { Config, Layers } = only as { Config: unknown; Layers: unknown };
  if (typeof Config !== 'string' || !Array.isArray(Layers)) throw damaged('its manifest.json names no image');
  const config = await document(archive, Config);
  const ids = layerIds(config, platform);
  if (ids.length !== Layers.length) throw damaged('its configuration and its list name different layers');
  const layers: Layer[] = [];
  for (const [index, name] of Layers.entries())
    layers.push(await layerOf(cache, archive, { name: String(name), diffId: ids[index]! }));
  return describe(cache, config, layers);
}

async function look(file: string): Promise<Archive> {
  const entries = new Map<string, ReadEntry>();
  for await (const entry of readTar(createReadStream(file, { highWaterMark: 1 << 20 })))
    entries.set(entry.path, entry);
  return { file, entries };
}

/** Where the content of a name is: older Dockers link layers that are the same. */
function contentOf({ entries }: Archive, name: string): ReadEntry {
  let at = path.posix.normalize(name);
  for (let step = 0; step < MOST_LINKS; step++) {
    const entry = entries.get(at);
    if (entry?.type === 'file') return entry;
    if (entry?.type === 'hardlink') at = entry.target;
    else if (entry?.type === 'link') at = path.posix.join(path.posix.dirname(at), entry.target);
    else break;
  }
  throw damaged(`it lacks ${JSON.stringify(name)}`);
}

async function document(archive: Archive, name: string): Promise<Buffer> {
  const { size } = contentOf(archive, name);
  if (size > MOST_DOCUMENT) throw damaged(`${JSON.stringify(name)} is too large`);
  const pieces: Buffer[] = [];
  for await (const piece of open(archive, name)) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function open(archive: Archive, name: string) {
  const { at, size } = contentOf(archive, name);
  // Without bytes there is no last one.
  const end = Math.max(at, at + size - 1);
  return createReadStream(archive.file, { start: at, end, highWaterMark: 1 << 20 });
}

function layerIds(bytes: Buffer, platform: Platform): string[] {
  const config = parseDocument(bytes) as unknown as ImageConfig;
  const ids = config.rootfs?.diff_ids;
  if (!Array.isArray(ids) || !ids.every(isDigest)) throw damaged('its configuration names no layers');
  if (config.os === platform.os && config.architecture === platform.architecture) return ids;
  const { os, architecture } = config;
  throw new EscaleError(
    'image-unknown',
    `what was built is for ${os}/${architecture}, not for ${platform.os}/${platform.architecture}`,
  );
}

function layerOf(
  cache: LayerCache,
  archive: Archive,
  { name, diffId }: { name: string; diffId: string },
): Promise<Layer> {
  return cache.layer(['whole', diffId, 'gzip'], async () => {
    const { at } = contentOf(archive, name);
    const bytes = plain(open(archive, name), compressionByMagic(archive.file, at));
    const layer = await packStream(cache.blobs, bytes, { compression: 'gzip', what: 'built' });
    if (layer.diffId !== diffId) throw damaged(`${JSON.stringify(name)} is another layer than it should be`);
    return layer;
  });
}

function describe({ blobs }: LayerCache, bytes: Buffer, layers: Layer[]): BuiltImage {
  const config: Descriptor = blobs.put(bytes, MEDIA.config);
  const manifest = composeManifest(config, layers, {});
  return { manifest: blobs.putJson(manifest, MEDIA.manifest), config, layers };
}
