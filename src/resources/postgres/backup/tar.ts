/** One file or folder of an archive. */
export interface TarEntry {
  /** As the archive has it: `base/1/1259`. */
  name: string;
  kind: 'file' | 'folder';
  bytes: number;
  /** Permission bits. */
  mode: number;
}

/** Takes the content of one file; its buffers are only good during the call. */
export interface Sink {
  write(chunk: Buffer): void | Promise<void>;
  /** All of it was there. */
  end(): void | Promise<void>;
  /** Comes last, also after a failure. */
  close(): void | Promise<void>;
}

/** Takes everything and keeps nothing. */
export const NOWHERE: Sink = { write: () => {}, end: () => {}, close: () => {} };

const BLOCK = 512;

/**
 * Reads an archive (POSIX ustar, as PostgreSQL writes it) as it comes. Throws a plain `Error` where it is none, has
 * entries that are neither file nor folder, names that lead out of a folder, or ends too early.
 */
export async function readTar(
  chunks: AsyncIterable<Buffer>,
  visit: (entry: TarEntry) => Sink | Promise<Sink>,
): Promise<void> {
  const source = new Blocks(chunks);
  for (;;) {
    const header = await source.exactly(BLOCK);
    if (header.every((byte) => byte === 0)) return source.drain();
    const entry = readHeader(header);
    await readFile(source, entry, await visit(entry));
  }
}

async function readFile(source: Blocks, { bytes }: TarEntry, sink: Sink): Promise<void> {
  try {
    await source.pass(bytes, sink);
    await sink.end();
  } finally {
    await sink.close();
  }
  await source.exactly(padding(bytes));
}

/** Bytes up to the next block. */
function padding(bytes: number): number {
  return (BLOCK - (bytes % BLOCK)) % BLOCK;
}

/** Fields of a header: pax(1), ustar Interchange Format. */
export function readHeader(header: Buffer): TarEntry {
  if (numberIn(header, 148, 8) !== sumOf(header)) throw new Error('a header of the archive is wrong');
  const kind = KINDS[String.fromCharCode(header[156]!)];
  const name = nameIn(header);
  if (kind === undefined || !staysInside(name))
    throw new Error(`the archive has an entry that does not belong there: ${JSON.stringify(name)}`);
  const bytes = kind === 'folder' ? 0 : numberIn(header, 124, 12);
  return { name, kind, bytes, mode: numberIn(header, 100, 8) & 0o777 };
}

const KINDS: Record<string, TarEntry['kind'] | undefined> = { '0': 'file', '\0': 'file', '5': 'folder' };

/** PostgreSQL writes some as `./pg_wal`, and folders with a slash at their end. */
function nameIn(header: Buffer): string {
  const parts = [textIn(header, 345, 155), textIn(header, 0, 100)];
  return parts.filter(Boolean).join('/').replace(/^\.\//, '').replace(/\/$/, '');
}

function staysInside(name: string): boolean {
  return name
    .split('/')
    .every((part) => part !== '' && part !== '..' && part !== '.' && !part.includes('\0'));
}

/** The sum of all bytes, those of the sum itself taken as spaces. */
function sumOf(header: Buffer): number {
  return header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 0x20 : byte), 0);
}

function textIn(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}

/** Octal digits, or for files of 8 GiB and more a binary number after a set first bit. */
function numberIn(header: Buffer, start: number, length: number): number {
  if ((header[start]! & 0x80) !== 0) return Number(header.readBigUInt64BE(start + length - 8));
  const value = Number.parseInt(textIn(header, start, length).trim() || '0', 8);
  if (Number.isNaN(value)) throw new Error('a header of the archive is wrong');
  return value;
}

/** Cuts a stream of chunks into what is asked for. */
class Blocks {
  private readonly chunks: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  async exactly(bytes: number): Promise<Buffer> {
    while (this.rest.length < bytes) this.rest = Buffer.concat([this.rest, await this.next()]);
    return this.take(bytes);
  }

  async pass(bytes: number, sink: Sink): Promise<void> {
    for (let left = bytes; left > 0; ) {
      if (this.rest.length === 0) this.rest = await this.next();
      const chunk = this.take(Math.min(left, this.rest.length));
      left -= chunk.length;
      await sink.write(chunk);
    }
  }

  /** To the end, which only holds zeros. */
  async drain(): Promise<void> {
    for (let chunk: Buffer | null = this.rest; chunk !== null; chunk = await this.nextOrEnd())
      if (chunk.some((byte) => byte !== 0)) throw new Error('the archive goes on after its end');
  }

  private take(bytes: number): Buffer {
    const taken = this.rest.subarray(0, bytes);
    this.rest = this.rest.subarray(bytes);
    return taken;
  }

  private async next(): Promise<Buffer> {
    const chunk = await this.nextOrEnd();
    if (chunk === null) throw new Error('the archive ends too early');
    return chunk;
  }

  private async nextOrEnd(): Promise<Buffer | null> {
    const { value, done } = await this.chunks.next();
    return done ? null : value;
  }
}
