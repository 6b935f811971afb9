import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { EscaleError } from '../../../core/errors/index.ts';
import type { BaseImage, Compression, Layer, Platform } from '../../../core/image/index.ts';
import type { LayerCache } from '../layers/index.ts';
import { packStream } from '../layers/index.ts';
import { READ_LIMITS, readTar } from '../tar/index.ts';
import { plain } from './layer-names.ts';
import { baseOf } from './own.ts';

/** A root file system as a tar archive (plain, gzip or zstd), as it stands, as one layer. */
export async function baseFromTar(
  cache: LayerCache,
  { file, compression, platform }: { file: string; compression: Compression; platform: Platform },
): Promise<BaseImage> {
  const stat = statSync(file, { throwIfNoEntry: false, bigint: true });
  if (!stat?.isFile()) throw new EscaleError('image-base', `${file} is no file`, { place: file });
  const stamp = [file, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(':');
  const layer = await cache.layer(['tar', stamp, compression], () => pack(cache, { file, compression }));
  return baseOf(cache.blobs, [layer], platform);
}

async function pack(
  cache: LayerCache,
  { file, compression }: { file: string; compression: Compression },
): Promise<Layer> {
  const open = () => plain(createReadStream(file), compressionByMagic(file));
  for await (const entry of readTar(open())) void entry;
  return packStream(cache.blobs, bounded(open()), { compression, what: 'root file system' });
}

async function* bounded(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const bytes of source) {
    size += bytes.length;
    if (size > READ_LIMITS.bytes) throw new EscaleError('image-base', 'the archive is too large');
    yield bytes;
  }
}

/** How what begins at a place of a file is compressed. */
export function compressionByMagic(file: string, at = 0): Compression {
  const magic = Buffer.alloc(4);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, magic, 0, magic.length, at);
  } finally {
    closeSync(handle);
  }
  if (magic.readUInt16BE() === 0x1f8b) return 'gzip';
  return magic.readUInt32LE() === 0xfd2fb528 ? 'zstd' : 'none';
}
