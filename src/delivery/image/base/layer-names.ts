import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { EscaleError } from '../../../core/errors/index.ts';
import { type Compression, compressionOf, type Layer } from '../../../core/image/index.ts';
import type { Blobs } from '../blobs.ts';
import type { LayerCache } from '../layers/index.ts';
import { damaged, readTar } from '../tar/index.ts';

/** Where programs stand, and the loader that tells musl from glibc. */
const NOTED = /(?:^|\/)s?bin\/[^/]+$|^lib\/ld-musl-[^/]+$/;
const WHITEOUT = /^(.*?)\.wh\.([^/]+)$/;
const OPAQUE = '.wh..opq';

/** The programs that a stack of layers shows at its top. Each layer is read once, and its digest checked with it. */
export async function namesOfLayers(cache: LayerCache, layers: Layer[]): Promise<Set<string>> {
  const shown = new Set<string>();
  for (const layer of layers) {
    const noted = await cache.note(['names', layer.digest, layer.diffId], () =>
      readNames(cache.blobs, layer),
    );
    applyLayer(shown, noted);
  }
  return shown;
}

/** What a layer takes away goes before what it brings: image specification, "whiteouts". */
export function applyLayer(shown: Set<string>, noted: string[]): void {
  for (const name of noted) {
    const match = WHITEOUT.exec(name);
    if (match === null) continue;
    const [, folder = '', hidden = ''] = match;
    const gone = hidden === OPAQUE ? folder : `${folder}${hidden}`;
    for (const each of shown)
      if (each === gone || each.startsWith(gone.endsWith('/') || gone === '' ? gone : `${gone}/`))
        shown.delete(each);
  }
  for (const name of noted) if (!WHITEOUT.test(name)) shown.add(name);
}

async function readNames(blobs: Blobs, layer: Layer): Promise<string[]> {
  const hash = createHash('sha256');
  const names: string[] = [];
  for await (const { path, type } of readTar(hashed(plainLayer(blobs, layer), hash)))
    if (WHITEOUT.test(path) || (type !== 'folder' && NOTED.test(path))) names.push(path);
  if (`sha256:${hash.digest('hex')}` !== layer.diffId)
    throw new EscaleError(
      'image-damaged',
      `the layer ${layer.digest} does not hold what its image says (${layer.diffId})`,
    );
  return names;
}

/** A layer's archive, uncompressed. */
export function plainLayer(blobs: Blobs, layer: Pick<Layer, 'digest' | 'mediaType'>): AsyncIterable<Buffer> {
  return plain(blobs.stream(layer.digest) as Readable, compressionOf(layer.mediaType));
}

/** Bytes without their compression. Throws `image-damaged` where they are not compressed as they should be. */
export async function* plain(source: Readable, compression: Compression | null): AsyncGenerator<Buffer> {
  if (compression === null) throw damaged('it is of a kind that Escale does not read');
  const decoder =
    compression === 'none' ? null : compression === 'gzip' ? createGunzip() : createZstdDecompress();
  if (decoder !== null) source.on('error', (error) => decoder.destroy(error)).pipe(decoder);
  try {
    yield* (decoder ?? source) as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof EscaleError) throw error;
    throw damaged(`it is not compressed as it must be (${(error as Error).message})`);
  } finally {
    source.destroy();
    decoder?.destroy();
  }
}

async function* hashed(
  source: AsyncIterable<Buffer>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  for await (const bytes of source) {
    hash.update(bytes);
    yield bytes;
  }
}
