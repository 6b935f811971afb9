import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';
import { type Descriptor, describeBytes, encoded, isDigest } from '../../core/image/index.ts';
import { diskProblem } from '../../host/index.ts';

/** Blobs by their digest: layers, configurations, manifests. Each is there whole, or not at all. */
export class Blobs {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = path.join(folder, 'sha256');
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  /** The file of a blob, whether it is there or not. */
  fileOf(digest: string): string {
    if (!isDigest(digest)) throw new Error(`${JSON.stringify(digest)} is no digest`);
    return path.join(this.folder, digest.slice('sha256:'.length));
  }

  has({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): boolean {
    const stat = statSync(this.fileOf(digest), { throwIfNoEntry: false });
    return stat?.isFile() === true && stat.size === size;
  }

  /** It is needed again: whoever clears away what nobody used for long leaves it. */
  noteUse(digest: string): void {
    noteUse(this.fileOf(digest));
  }

  /** A document. It is not synced: after a crash it may be empty, and is then written again by whoever has it. */
  put(bytes: Buffer, mediaType: string): Descriptor {
    const descriptor = describeBytes(bytes, mediaType);
    const file = this.fileOf(descriptor.digest);
    if (!this.has(descriptor) || !readFileSync(file).equals(bytes)) replaceWhole(file, bytes);
    return descriptor;
  }

  putJson(data: object, mediaType: string): Descriptor {
    return this.put(encoded(data), mediaType);
  }

  /** A small blob whole, its digest checked. Throws `image-damaged`. */
  read({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): Buffer {
    const bytes = readFileSync(this.fileOf(digest));
    if (bytes.length !== size || describeBytes(bytes, '').digest !== digest) throw damagedBlob(digest);
    return bytes;
  }

  /** Its bytes, from `start`; not checked: whoever gets them does. */
  stream(digest: string, start = 0): NodeJS.ReadableStream & AsyncIterable<Buffer> {
    return createReadStream(this.fileOf(digest), { start, highWaterMark: 1 << 18 });
  }

  /** Some of its bytes. */
  part(digest: string, start: number, size: number): Buffer {
    const bytes = Buffer.alloc(size);
    const handle = openSync(this.fileOf(digest), 'r');
    try {
      return bytes.subarray(0, readSync(handle, bytes, 0, size, start));
    } finally {
      closeSync(handle);
    }
  }

  draft(): BlobDraft {
    return new BlobDraft(this);
  }

  /** Takes bytes whose descriptor is known already. Throws `image-damaged` where they are others; then nothing is kept. */
  async take(
    descriptor: Pick<Descriptor, 'digest' | 'size'>,
    source: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const draft = this.draft();
    try {
      for await (const bytes of source) {
        draft.write(bytes);
        if (draft.size > descriptor.size) throw tooMuch(descriptor);
      }
      if (draft.size < descriptor.size) throw truncated(descriptor, draft.size);
      if (draft.digest() !== descriptor.digest) throw damagedBlob(descriptor.digest);
      draft.keep(descriptor.digest);
    } catch (error) {
      draft.discard();
      throw error;
    }
  }
}

/** A blob that is being written; it gets its name at the end, synced before. */
export class BlobDraft {
  size = 0;
  private readonly blobs: Blobs;
  private readonly file: string;
  private readonly handle: number;
  private readonly hash = createHash('sha256');
  private isOpen = true;

  constructor(blobs: Blobs) {
    this.blobs = blobs;
    this.file = path.join(blobs.folder, `${process.pid}.${randomUUID()}.draft`);
    this.handle = openSync(this.file, 'wx', 0o600);
  }

  write(bytes: Uint8Array): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.handle, bytes, at);
    } catch (error) {
      throw diskProblem(error, this.blobs.folder);
    }
    this.hash.update(bytes);
    this.size += bytes.length;
  }

  digest(): string {
    return `sha256:${this.hash.copy().digest('hex')}`;
  }

  keep(digest: string): void {
    try {
      fsyncSync(this.handle);
    } catch (error) {
      throw diskProblem(error, this.blobs.folder);
    }
    this.close();
    renameSync(this.file, this.blobs.fileOf(digest));
  }

  discard(): void {
    this.close();
    rmSync(this.file, { force: true });
  }

  private close(): void {
    if (this.isOpen) closeSync(this.handle);
    this.isOpen = false;
  }
}

/** A file is needed again. */
export function noteUse(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Gone meanwhile; whoever reads it will say so.
  }
}

/** Replaces a file so that no reader sees a part of it. */
export function replaceWhole(file: string, content: Buffer | string): void {
  const temporary = `${file}.${process.pid}.${randomUUID()}.draft`;
  try {
    writeFileSync(temporary, content, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw diskProblem(error, path.dirname(file));
  }
}

function damagedBlob(digest: string): EscaleError {
  return new EscaleError('image-damaged', `what was sent as ${digest} is something else: its digest differs`);
}

function tooMuch({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): EscaleError {
  return new EscaleError('image-damaged', `${digest} is longer than the ${size} bytes that were promised`);
}

function truncated({ digest, size }: Pick<Descriptor, 'digest' | 'size'>, got: number): EscaleError {
  return new EscaleError('image-damaged', `${digest} ended after ${got} of ${size} bytes`);
}
