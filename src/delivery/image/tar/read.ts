import { EscaleError } from '../../../core/errors/index.ts';
import { BLOCK, checksum } from './header.ts';
import { safePath } from './safe-path.ts';

/** One entry of an archive that somebody else made, as data: nothing is written anywhere. */
export interface ReadEntry {
  /** Relative and normalised: no `.`, no `..`, no slash at either end; empty for the top. */
  path: string;
  type: 'file' | 'folder' | 'link' | 'hardlink' | 'other';
  mode: number;
  size: number;
  target: string;
  uid: number;
  gid: number;
  /** Where its bytes begin in the archive. */
  at: number;
  /** Its bytes; empty unless they were asked for. */
  bytes: Buffer;
}

export interface ReadLimits {
  entries: number;
  /** Of the whole archive, uncompressed. */
  bytes: number;
}

export const READ_LIMITS: ReadLimits = { entries: 1_000_000, bytes: 32 * 2 ** 30 };
/** A pax header or a long name takes no more. */
const MOST_META = 1 << 20;
const KINDS: Record<string, ReadEntry['type']> = {
  ...{ '0': 'file', '\0': 'file', '7': 'file', '1': 'hardlink', '2': 'link', '5': 'folder' },
  ...{ '3': 'other', '4': 'other', '6': 'other' },
};

/**
 * The entries of a tar archive (ustar, pax, GNU long names), one after the other. `wants` says whose bytes are kept.
 * Throws `image-damaged` where it is no archive, ends early, is too large, or names a place outside itself.
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  wants: (entry: ReadEntry) => boolean = () => false,
  limits: ReadLimits = READ_LIMITS,
): AsyncGenerator<ReadEntry> {
  const input = new Input(source, limits.bytes);
  try {
    yield* entriesOf(input, wants, limits);
  } finally {
    await input.close();
  }
}

async function* entriesOf(
  input: Input,
  wants: (entry: ReadEntry) => boolean,
  limits: ReadLimits,
): AsyncGenerator<ReadEntry> {
  let extra: Record<string, string> = {};
  for (let count = 0; ; ) {
    const block = await input.take(BLOCK);
    if (block === null || block.every((byte) => byte === 0)) return void (await input.drain());
    const header = parseHeader(block);
    if (META.includes(header.kind)) {
      extra = { ...extra, ...readMeta(header.kind, await input.content(header.size, MOST_META)) };
      continue;
    }
    if (++count > limits.entries) throw damaged(`it has more than ${limits.entries} entries`);
    const entry = { ...entryOf(header, extra), at: input.position };
    extra = {};
    if (wants(entry)) entry.bytes = await input.content(entry.size, limits.bytes);
    else await input.skip(entry.size);
    yield entry;
  }
}

interface RawHeader {
  name: string;
  kind: string;
  mode: number;
  size: number;
  target: string;
  uid: number;
  gid: number;
}

/** pax of one file, pax of all, GNU's long name and long link. */
const META = ['x', 'g', 'L', 'K'];

function parseHeader(block: Buffer): RawHeader {
  if (number(block, 148, 8) !== checksum(block)) throw damaged('a header has a wrong checksum');
  const isUstar = block.toString('latin1', 257, 262) === 'ustar';
  // GNU's own form keeps times where POSIX keeps the front of a name.
  const isPosix = isUstar && block[263] === 0x30;
  const prefix = isPosix ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    kind: String.fromCharCode(block[156]!),
    mode: number(block, 100, 8) & 0o7777,
    size: number(block, 124, 12),
    target: text(block, 157, 100),
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
  };
}

function text(block: Buffer, at: number, length: number): string {
  const end = block.subarray(at, at + length).indexOf(0);
  return block.toString('utf8', at, at + (end < 0 ? length : end));
}

/** Octal digits, or GNU's base 256 where the first bit is set. */
function number(block: Buffer, at: number, length: number): number {
  if ((block[at]! & 0x80) !== 0) return Number(block.readBigUInt64BE(at + length - 8));
  const digits = text(block, at, length).trim();
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw damaged('a header holds no number where one must be');
  return Number.parseInt(digits, 8);
}

function readMeta(kind: string, bytes: Buffer): Record<string, string> {
  const plain = () => bytes.toString('utf8').replace(/\0.*$/s, '');
  if (kind === 'L') return { path: plain() };
  if (kind === 'K') return { linkpath: plain() };
  return kind === 'x' ? paxRecords(bytes) : {};
}

function paxRecords(bytes: Buffer): Record<string, string> {
  const records: Record<string, string> = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(bytes.toString('latin1', at, space));
    const record = bytes.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (space < 0 || !Number.isSafeInteger(length) || length <= 0 || equals <= 0)
      throw damaged('an extended header is not as it must be');
    records[record.slice(0, equals)] = record.slice(equals + 1);
    at += length;
  }
  return records;
}

function entryOf(header: RawHeader, extra: Record<string, string>): Omit<ReadEntry, 'at'> {
  if (Object.keys(extra).some((key) => key.startsWith('GNU.sparse.')) || header.kind === 'S')
    throw damaged('it has sparse files, which Escale does not read');
  const type = KINDS[header.kind];
  if (type === undefined) throw damaged(`it has an entry of the unknown kind ${JSON.stringify(header.kind)}`);
  const size = extra.size === undefined ? header.size : Number(extra.size);
  if (!Number.isSafeInteger(size) || size < 0) throw damaged('an entry has no possible size');
  const target = extra.linkpath ?? header.target;
  return {
    path: safePath(extra.path ?? header.name),
    type,
    mode: header.mode,
    size: type === 'file' ? size : 0,
    target: type === 'hardlink' ? safePath(target) : target,
    uid: header.uid,
    gid: header.gid,
    bytes: Buffer.alloc(0),
  };
}

export function damaged(why: string): EscaleError {
  return new EscaleError('image-damaged', `an archive can’t be read: ${why}`);
}

/** Bytes as they are asked for, of a source that gives them as it likes. */
class Input {
  private readonly source: AsyncIterator<Uint8Array>;
  private readonly most: number;
  private waiting: Buffer = Buffer.alloc(0);
  private seen = 0;

  constructor(source: AsyncIterable<Uint8Array>, most: number) {
    this.source = source[Symbol.asyncIterator]();
    this.most = most;
  }

  /** How many bytes were taken. */
  get position(): number {
    return this.seen - this.waiting.length;
  }

  /** Null at the end; throws where it ends in between. */
  async take(size: number): Promise<Buffer | null> {
    const parts: Buffer[] = [];
    let left = size;
    while (left > 0) {
      if (this.waiting.length === 0 && !(await this.more())) break;
      const part = this.waiting.subarray(0, left);
      parts.push(part);
      this.waiting = this.waiting.subarray(part.length);
      left -= part.length;
    }
    if (left === size && size > 0) return null;
    if (left > 0) throw damaged('it ends in the middle');
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  async content(size: number, most: number): Promise<Buffer> {
    if (size > most) throw damaged(`an entry has ${size} bytes, more than may be`);
    if (size === 0) return Buffer.alloc(0);
    const bytes = await this.take(size);
    if (bytes === null) throw damaged('it ends in the middle');
    await this.skip(0, size);
    return bytes;
  }

  /** Over so many bytes, and to the end of the block; `before`: bytes of the same content taken already. */
  async skip(size: number, before = 0): Promise<void> {
    let left = size + ((BLOCK - ((size + before) % BLOCK)) % BLOCK);
    while (left > 0) {
      if (this.waiting.length === 0 && !(await this.more())) throw damaged('it ends in the middle');
      const skipped = Math.min(left, this.waiting.length);
      this.waiting = this.waiting.subarray(skipped);
      left -= skipped;
    }
  }

  /** To its end, so that whoever gives the bytes sees all of them taken. */
  async drain(): Promise<void> {
    while (await this.more());
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }

  private async more(): Promise<boolean> {
    const { value, done } = await this.source.next();
    if (done) return false;
    this.seen += value.length;
    if (this.seen > this.most) throw damaged(`it has more than ${this.most} bytes`);
    this.waiting = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return true;
  }
}
