import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { OutputChunk } from '../../core/contracts/index.ts';
import { type DockerApi, isRefusal } from './api/index.ts';
import { Frames } from './frames.ts';

type Stream = 'out' | 'err';
/** Until when each stream was read: Docker's own time of a message, to the nanosecond. */
type Times = Record<Stream, string>;

interface Message {
  stream: Stream;
  at: string;
  bytes: Buffer;
}

/** Bytes given at most in one go. */
const READ_AT_MOST = 1 << 20;
/** What comes faster than it is taken is skipped from here on, and counted, bytes. */
const BACKLOG_AT_MOST = 16 << 20;
const AGAIN_MS = 200;
/** Messages are told of together: each is one line, and a reader takes many at no more cost, ms. */
const GATHER_MS = 20;
const NEVER = '';

/**
 * The output of one container, followed through Docker, which keeps it in bounded files: neither a dead supervisor nor a
 * slow reader ever stops its writer. After a break it is followed on from the last message that was taken.
 */
export class ContainerOutput {
  /** Resolves once everything that an ended container wrote has come. */
  readonly whole: Promise<void>;
  private readonly api: DockerApi;
  private readonly container: string;
  private readonly folder: string;
  private readonly tell: () => void;
  private readonly abort = new AbortController();
  private readonly seen: Times = { out: NEVER, err: NEVER };
  private readonly given: Times = { out: NEVER, err: NEVER };
  private readonly lost = { out: 0, err: 0 };
  private messages: Message[] = [];
  private bytes = 0;
  private remembered = '';
  private isOver = false;
  private gathering: NodeJS.Timeout | null = null;
  /** Bytes that came so far. */
  received = 0;
  /** What it wrote last to its errors. */
  lastWords = '';

  constructor(
    api: DockerApi,
    parts: { container: string; folder: string; adopted: boolean; tell: () => void },
  ) {
    this.api = api;
    this.container = parts.container;
    this.folder = parts.folder;
    this.tell = parts.tell;
    if (parts.adopted) this.continueFrom(readTimes(this.file));
    this.whole = this.follow();
  }

  /** Its container has ended: what is there is all of it. */
  end(): void {
    this.isOver = true;
  }

  close(): void {
    if (this.gathering !== null) clearTimeout(this.gathering);
    this.abort.abort();
  }

  /**
   * Everything new, a bounded piece; call again while it returns something. Whoever asks again has kept what it was given
   * before: so much is remembered over the end of this process.
   */
  read(): OutputChunk[] {
    this.remember();
    const taken = this.take();
    return (['out', 'err'] as const)
      .map((stream) => this.chunk(stream, taken))
      .filter((chunk) => chunk !== null);
  }

  private take(): Message[] {
    let bytes = 0;
    let count = 0;
    while (count < this.messages.length && bytes < READ_AT_MOST)
      bytes += this.messages[count++]!.bytes.length;
    this.bytes -= bytes;
    return this.messages.splice(0, count);
  }

  private chunk(stream: Stream, taken: Message[]): OutputChunk | null {
    const own = taken.filter((message) => message.stream === stream);
    const lostBytes = this.lost[stream];
    if (own.length === 0) return null;
    this.lost[stream] = 0;
    this.given[stream] = own.at(-1)!.at;
    return { stream, bytes: Buffer.concat(own.map(({ bytes }) => bytes)), lostBytes };
  }

  private async follow(): Promise<void> {
    while (!this.abort.signal.aborted) {
      const wasOver = this.isOver;
      const end = await this.followOnce();
      if (end === 'gone' || (end === 'end' && wasOver)) return;
      if (!this.isOver || end === 'away') await pause(AGAIN_MS);
    }
  }

  /** `gone`: Docker has no such container any more. */
  private async followOnce(): Promise<'end' | 'gone' | 'away'> {
    try {
      const stream = await this.api.stream({
        ...{ method: 'GET', path: `/containers/${this.container}/logs`, query: this.query() },
        ...{ timeoutMs: 0, signal: this.abort.signal },
      });
      const frames = new Frames();
      for await (const piece of stream as AsyncIterable<Buffer>)
        for (const { stream: which, bytes } of frames.take(piece).frames) this.keep(which, bytes);
      return 'end';
    } catch (error) {
      return isRefusal(error, 404) ? 'gone' : 'away';
    }
  }

  private query(): Record<string, string> {
    const { out, err } = this.seen;
    const since = out < err && out !== NEVER ? out : err || out;
    const both = { stdout: '1', stderr: '1', timestamps: '1' };
    return { ...both, follow: '1', ...(since !== NEVER && { since: secondsOf(since) }) };
  }

  /** A message is its time, a space, and what was written. */
  private keep(stream: Stream, message: Buffer): void {
    const space = message.indexOf(0x20);
    if (space < 0) return;
    const at = message.toString('latin1', 0, space);
    if (at <= this.seen[stream]) return;
    this.seen[stream] = at;
    const bytes = message.subarray(space + 1);
    if (stream === 'err') this.lastWords = bytes.toString('utf8', 0, 1000);
    this.messages.push({ stream, at, bytes });
    this.bytes += bytes.length;
    this.received += bytes.length;
    if (this.bytes > BACKLOG_AT_MOST) this.skip();
    this.gathering ??= setTimeout(() => {
      this.gathering = null;
      this.tell();
    }, GATHER_MS);
  }

  private skip(): void {
    let skipped = 0;
    while (this.bytes > READ_AT_MOST) {
      const { stream, bytes } = this.messages[skipped++]!;
      this.lost[stream] += bytes.length;
      this.bytes -= bytes.length;
    }
    this.messages = this.messages.slice(skipped);
  }

  private continueFrom(times: Times | null): void {
    if (times === null) return;
    Object.assign(this.seen, times);
    Object.assign(this.given, times);
  }

  private remember(): void {
    const text = JSON.stringify(this.given);
    if (text === this.remembered || this.abort.signal.aborted) return;
    this.remembered = text;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      writeFileSync(this.file, text, { mode: 0o600 });
    } catch {
      // A full disk: after a crash now some lines would be read twice.
    }
  }

  private get file(): string {
    return path.join(this.folder, 'read-until.json');
  }
}

/** `2026-11-26T16:20:33.123456789Z` as Docker wants it back: seconds since 1970, a dot, nanoseconds. */
function secondsOf(time: string): string {
  const [, whole = time, nanos = '0'] = /^(.*?)(?:\.(\d+))?Z$/.exec(time) ?? [];
  return `${Math.floor(Date.parse(`${whole}Z`) / 1000)}.${nanos.padEnd(9, '0')}`;
}

function readTimes(file: string): Times | null {
  try {
    const { out, err } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Times>;
    return typeof out === 'string' && typeof err === 'string' ? { out, err } : null;
  } catch {
    return null;
  }
}
