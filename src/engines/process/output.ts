import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import type { OutputChunk } from '../../core/contracts/index.ts';

/** Bytes read at most in one go; what an instance writes faster than it is read is skipped and counted. */
const READ_AT_MOST = 1 << 20;
/** A raw file that was read to its end is emptied from this size on. */
const ROTATE_AT = 4 << 20;
/** With more than this unread, the reader skips to the last `READ_AT_MOST` bytes. */
const BACKLOG_AT_MOST = 16 << 20;

const NOTHING = Buffer.alloc(1 << 16);

const STREAMS = ['out', 'err'] as const;

/** Whether a file of an instance's folder is raw output. */
export function isOutput(name: string): boolean {
  return STREAMS.some((stream) => stream === name);
}

/**
 * The raw output of one instance: two files that it appends to itself, so that neither a dead supervisor nor a
 * slow reader ever stops it. Read by offset; emptied in place (the writer's O_APPEND makes that safe).
 */
export class InstanceOutput {
  private readonly offsets = { out: 0, err: 0 };
  /** Up to where nothing is left of what it wrote. */
  private readonly wiped = { out: 0, err: 0 };
  private readonly folder: string;
  private remembered = '';

  /** An adopted instance is read on from where its former supervisor was. */
  constructor(folder: string, adopted: boolean) {
    this.folder = folder;
    if (adopted) Object.assign(this.offsets, this.readOffsets());
  }

  fileOf(stream: 'out' | 'err'): string {
    return path.join(this.folder, stream);
  }

  /**
   * Everything new, a bounded piece of each stream; call again while it returns something. Whoever asks again has
   * kept what it was given before: so much is remembered over the end of this process, and wiped. What an instance
   * prints may be what must lie about nowhere; whoever keeps it sees to that.
   */
  read(): OutputChunk[] {
    const isKept = this.rememberOffsets();
    return STREAMS.map((stream) => this.readStream(stream, isKept)).filter((chunk) => chunk !== null);
  }

  private readStream(stream: 'out' | 'err', isKept: boolean): OutputChunk | null {
    const file = openSync(this.fileOf(stream), 'r+');
    try {
      const size = fstatSync(file).size;
      if (size < this.offsets[stream]) this.beginAgain(stream);
      if (isKept) this.wipe(stream, file);
      if (size === this.offsets[stream]) return null;
      const lostBytes = this.skipBacklog(stream, size);
      const bytes = Buffer.allocUnsafe(Math.min(READ_AT_MOST, size - this.offsets[stream]));
      const length = readSync(file, bytes, 0, bytes.length, this.offsets[stream]);
      this.offsets[stream] += length;
      this.rotate(stream, file);
      return { stream, bytes: bytes.subarray(0, length), lostBytes };
    } finally {
      closeSync(file);
    }
  }

  private skipBacklog(stream: 'out' | 'err', size: number): number {
    const unread = size - this.offsets[stream];
    if (unread <= BACKLOG_AT_MOST) return 0;
    this.offsets[stream] = size - READ_AT_MOST;
    return unread - READ_AT_MOST;
  }

  private rotate(stream: 'out' | 'err', file: number): void {
    if (this.offsets[stream] < ROTATE_AT || fstatSync(file).size !== this.offsets[stream]) return;
    ftruncateSync(file, 0);
    this.beginAgain(stream);
  }

  private beginAgain(stream: 'out' | 'err'): void {
    this.offsets[stream] = 0;
    this.wiped[stream] = 0;
  }

  /** Overwritten and not cut off: the instance may be appending at this moment. */
  private wipe(stream: 'out' | 'err', file: number): void {
    while (this.wiped[stream] < this.offsets[stream]) {
      const length = Math.min(NOTHING.length, this.offsets[stream] - this.wiped[stream]);
      this.wiped[stream] += writeSync(file, NOTHING, 0, length, this.wiped[stream]);
    }
  }

  /** False on a full disk: after a crash now some lines would be read twice. */
  private rememberOffsets(): boolean {
    const text = JSON.stringify(this.offsets);
    if (text === this.remembered) return true;
    try {
      writeFileSync(this.offsetsFile(), text, { mode: 0o600 });
      this.remembered = text;
      return true;
    } catch {
      return false;
    }
  }

  private readOffsets(): { out: number; err: number } | null {
    try {
      return JSON.parse(readFileSync(this.offsetsFile(), 'utf8'));
    } catch {
      return null;
    }
  }

  private offsetsFile(): string {
    return path.join(this.folder, 'offsets.json');
  }
}
