import { createHash } from 'node:crypto';
import { type Compression, type Layer, layerType } from '../../../core/image/index.ts';
import type { Blobs } from '../blobs.ts';
import { type Entry, PIECE_BYTES, sorted, tarPieces, withFolders } from '../tar/index.ts';
import { compress, type Pieces } from './compress.ts';

export interface LayerRequest {
  entries: Entry[];
  compression: Compression;
  /** For its history. */
  what: string;
}

/** Packs entries, in the order of their paths, into a blob. */
export async function writeLayer(blobs: Blobs, request: LayerRequest): Promise<Layer> {
  return packLayer(blobs, tarPieces(sorted(withFolders(request.entries))), request);
}

/** Compresses an archive into a blob, and learns both of its digests. */
export async function packLayer(
  blobs: Blobs,
  pieces: Pieces,
  { compression, what }: Omit<LayerRequest, 'entries'>,
): Promise<Layer> {
  const plain = createHash('sha256');
  const draft = blobs.draft();
  try {
    for await (const bytes of compress(hashed(pieces, plain), compression)) draft.write(bytes);
    const digest = draft.digest();
    draft.keep(digest);
    const diffId = `sha256:${plain.digest('hex')}`;
    return { mediaType: layerType(compression), digest, size: draft.size, diffId, what };
  } catch (error) {
    draft.discard();
    throw error;
  }
}

/** Like `packLayer`, for an archive that comes as a stream. */
export async function packStream(
  blobs: Blobs,
  source: AsyncIterable<Buffer>,
  request: Omit<LayerRequest, 'entries'>,
): Promise<Layer> {
  return packLayer(blobs, regular(source), request);
}

/** Pieces of equal size, so that the result does not depend on how the bytes came. */
async function* regular(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const bytes of source)
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + PIECE_BYTES - size);
      waiting.push(part);
      size += part.length;
      at += part.length;
      if (size < PIECE_BYTES) continue;
      yield Buffer.concat(waiting);
      waiting = [];
      size = 0;
    }
  if (size > 0) yield Buffer.concat(waiting);
}

async function* hashed(pieces: Pieces, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}
