import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, type ZlibOptions, type ZstdOptions, zstdCompress } from 'node:zlib';
import type { Compression } from '../../../core/image/index.ts';

/** An archive in pieces of one megabyte, but the last. */
export type Pieces = Iterable<Buffer> | AsyncIterable<Buffer>;

/**
 * Compresses pieces of one megabyte, several at once in node's pool of threads, in the order in which they came. What
 * comes out depends on the bytes alone, not on how many threads there are.
 */
export async function* compress(pieces: Pieces, compression: Compression): AsyncGenerator<Uint8Array> {
  if (compression === 'none') return yield* pieces;
  yield* compression === 'gzip' ? gzip(pieces) : zstdFrames(pieces);
}

/** Pieces that wait for a thread or for their turn; more would only take memory. */
const AT_ONCE = 6;
const GZIP_LEVEL = 6;
const ZSTD_LEVEL = 3;
/** How far deflate looks back, bytes. */
const WINDOW = 32 << 10;
/** RFC 1952: deflate, no name, no time, an unknown system. */
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** A last block that holds nothing. */
const DEFLATE_END = Buffer.from([3, 0]);

const deflate = promisify(deflateRaw) as (bytes: Uint8Array, options: ZlibOptions) => Promise<Buffer>;
const zstd = promisify(zstdCompress) as (bytes: Uint8Array, options: ZstdOptions) => Promise<Buffer>;

/** One gzip member as pigz makes it: each piece knows the 32 KiB before it, and ends on a whole byte. */
async function* gzip(pieces: Pieces): AsyncGenerator<Uint8Array> {
  let [crc, size] = [0, 0];
  let before: Buffer | null = null;
  yield GZIP_HEAD;
  yield* inOrder(pieces, (piece) => {
    crc = crc32(piece, crc);
    size += piece.length;
    const dictionary = before === null ? {} : { dictionary: before };
    before = piece.subarray(Math.max(0, piece.length - WINDOW));
    return deflate(piece, { level: GZIP_LEVEL, finishFlush: constants.Z_SYNC_FLUSH, ...dictionary });
  });
  yield DEFLATE_END;
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc, 0);
  tail.writeUInt32LE(size % 2 ** 32, 4);
  yield tail;
}

const FRAME_PIECES = 4;

async function* fours(pieces: Pieces): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  for await (const piece of pieces) {
    waiting.push(piece);
    if (waiting.length < FRAME_PIECES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
  }
  if (waiting.length > 0) yield Buffer.concat(waiting);
}

/** One frame for each four megabytes: frames that follow each other are one stream (RFC 8878 §3). */
function zstdFrames(pieces: Pieces): AsyncGenerator<Uint8Array> {
  const params = {
    [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL,
    [constants.ZSTD_c_checksumFlag]: 1,
  };
  return inOrder(fours(pieces), (piece) => zstd(piece, { params }));
}

/** The results in order, with a bounded number of them on their way. */
async function* inOrder(
  pieces: Pieces,
  work: (piece: Buffer) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const under: Promise<Uint8Array>[] = [];
  for await (const piece of pieces) {
    under.push(work(piece));
    if (under.length >= AT_ONCE) yield await under.shift()!;
  }
  for (const each of under) yield await each;
}
