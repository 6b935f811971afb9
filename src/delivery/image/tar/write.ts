import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Entry } from './entry.ts';
import { END, type Header, headerBlocks, padding } from './header.ts';

/** How much of an archive is handed on at once, bytes. A part of the format of compressed layers: changing it changes digests. */
export const PIECE_BYTES = 1 << 20;

/** The archive of entries, in their order, in pieces of equal size but the last. Deterministic to the byte. */
export function* tarPieces(entries: Iterable<Entry>): Generator<Buffer> {
  const pieces = new Pieces();
  for (const entry of entries) yield* writeEntry(entry, pieces);
  yield* pieces.add(END);
  if (pieces.used > 0) yield pieces.take();
}

function* writeEntry(entry: Entry, pieces: Pieces): Generator<Buffer> {
  if (entry.type !== 'file') return yield* pieces.add(headerBlocks(headerOf(entry, 0)));
  if ('bytes' in entry.content) {
    yield* pieces.add(headerBlocks(headerOf(entry, entry.content.bytes.length)));
    yield* pieces.add(entry.content.bytes);
    return yield* pieces.pad(entry.content.bytes.length);
  }
  const handle = openSync(entry.content.file, 'r');
  try {
    const { size } = fstatSync(handle);
    yield* pieces.add(headerBlocks(headerOf(entry, size)));
    yield* pieces.read(handle, { size, file: entry.content.file });
    yield* pieces.pad(size);
  } finally {
    closeSync(handle);
  }
}

function headerOf(entry: Entry, size: number): Header {
  const { path, type } = entry;
  const mode = 'mode' in entry ? entry.mode : 0o777;
  const target = 'target' in entry ? entry.target : '';
  return { path, type, mode, size, target, uid: 0, gid: 0 };
}

/** Collects bytes until a piece is full. */
class Pieces {
  private piece = Buffer.allocUnsafe(PIECE_BYTES);
  used = 0;

  *add(bytes: Buffer): Generator<Buffer> {
    for (let at = 0; at < bytes.length; ) {
      const copied = bytes.copy(this.piece, this.used, at);
      at += copied;
      this.used += copied;
      if (this.used === PIECE_BYTES) yield this.take();
    }
  }

  /** Exactly `size` bytes; a file that is shorter by now was changed meanwhile. */
  *read(handle: number, { size, file }: { size: number; file: string }): Generator<Buffer> {
    for (let left = size; left > 0; ) {
      const read = readSync(handle, this.piece, this.used, Math.min(left, PIECE_BYTES - this.used), null);
      if (read === 0) throw new Error(`${file} became shorter while it was read`);
      left -= read;
      this.used += read;
      if (this.used === PIECE_BYTES) yield this.take();
    }
  }

  *pad(size: number): Generator<Buffer> {
    yield* this.add(padding(size));
  }

  take(): Buffer {
    const full = this.piece.subarray(0, this.used);
    this.piece = Buffer.allocUnsafe(PIECE_BYTES);
    this.used = 0;
    return full;
  }
}
