import { close, fstatSync, openSync, renameSync, write } from 'node:fs';
import type { ServiceKey, TrafficInstance } from '../../core/contracts/index.ts';
import type { Refusal } from '../framing/refusal.ts';
import type { RequestHead } from '../framing/request-head.ts';

/** What is written down of one request. */
export interface LoggedRequest {
  /** As `requestMembers` gave it. */
  request: string;
  requestId: string;
  status: number;
  seconds: number;
  bytesIn: number;
  bytesOut: number;
  attempts: number;
}

/** The members of a line that depend on the head alone. The query is left out: it may hold secrets. */
export function requestMembers({ method, host, target }: RequestHead, client: string): string {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  return `"client":"${client}","method":"${method}","host":"${host ?? ''}","path":${JSON.stringify(path)}`;
}

export interface AccessLogOptions {
  path: string;
  /** A file that grows over this is renamed to `.1`, bytes. */
  maxBytes?: number;
  /** Renamed files that are kept. */
  keep?: number;
}

const FLUSH_MS = 1_000;
/** Two such buffers: one fills while the other is written. Lines that fit in neither are lost and counted. */
const BUFFER_BYTES = 262_144;
const FLUSH_BYTES = BUFFER_BYTES / 4;

/** Append-only JSON lines: buffered, on disk within a second, rotated by size. */
export class AccessLog {
  lostLines = 0;
  private readonly options: Required<AccessLogOptions> | null;
  private descriptor = -1;
  private size = 0;
  private filling: Buffer;
  private spare: Buffer;
  private filled = 0;
  private isWriting = false;
  private readonly timer: NodeJS.Timeout | null;

  /** `null`: nothing is written. */
  constructor(options: AccessLogOptions | null) {
    this.options = options === null ? null : { maxBytes: 67_108_864, keep: 4, ...options };
    this.timer = options === null ? null : setInterval(() => this.flush(), FLUSH_MS);
    this.timer?.unref();
    this.filling = Buffer.allocUnsafeSlow(options === null ? 0 : BUFFER_BYTES);
    this.spare = Buffer.allocUnsafeSlow(this.filling.length);
    if (options !== null) this.open();
  }

  request(seen: LoggedRequest, service: ServiceKey | '', instance: TrafficInstance | null): void {
    if (this.options === null) return;
    this.append(
      `{"time":"${timestamp()}","requestId":"${seen.requestId}",${seen.request},"status":${seen.status},` +
        `"durationMs":${Math.round(seen.seconds * 1e6) / 1e3},"bytesIn":${seen.bytesIn},"bytesOut":${seen.bytesOut},` +
        `"service":"${service}","instance":${JSON.stringify(instance?.id ?? '')},"release":${instance?.release ?? 0},"attempts":${seen.attempts}}\n`,
    );
  }

  refused(client: string, refusal: Refusal): void {
    if (this.options === null) return;
    this.append(
      `{"time":"${timestamp()}","client":"${client}","status":${refusal.status},"refused":"${refusal.reason}"}\n`,
    );
  }

  /** Writes what is buffered and closes the file. */
  async close(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    await this.written();
    if (this.descriptor !== -1) await new Promise<void>((resolve) => close(this.descriptor, () => resolve()));
    this.descriptor = -1;
  }

  /** Resolves when all lines so far are in the file; also when there is no file to write to. */
  async written(): Promise<void> {
    while ((this.isWriting || this.filled > 0) && this.descriptor !== -1) {
      this.flush();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  // Straight into a buffer: thousands of strings kept for a second would be the garbage collector's main work.
  private append(line: string): void {
    if (this.filled + line.length > BUFFER_BYTES) this.flush();
    if (this.filled + line.length > BUFFER_BYTES) {
      this.lostLines++;
      return;
    }
    this.filled += this.filling.write(line, this.filled, 'latin1');
    if (this.filled > FLUSH_BYTES) this.flush();
  }

  private flush(): void {
    if (this.isWriting || this.filled === 0) return;
    if (this.descriptor === -1) this.open();
    if (this.descriptor === -1) return;
    const bytes = this.filling.subarray(0, this.filled);
    [this.filling, this.spare] = [this.spare, this.filling];
    this.filled = 0;
    this.isWriting = true;
    this.writeOut(bytes);
  }

  private writeOut(bytes: Buffer): void {
    write(this.descriptor, bytes, (error, written) => {
      this.size += written ?? 0;
      if (error === null && written < bytes.length) return this.writeOut(bytes.subarray(written));
      if (error !== null) this.lostLines += linesIn(bytes);
      this.isWriting = false;
      if (this.size > this.options!.maxBytes) this.rotate();
    });
  }

  private rotate(): void {
    const { path, keep } = this.options!;
    close(this.descriptor);
    this.descriptor = -1;
    for (let number = keep - 1; number >= 0; number--) {
      tryTo(() => renameSync(number === 0 ? path : `${path}.${number}`, `${path}.${number + 1}`));
    }
    this.open();
  }

  private open(): void {
    tryTo(() => {
      this.descriptor = openSync(this.options!.path, 'a', 0o600);
      this.size = fstatSync(this.descriptor).size;
    });
  }
}

// toISOString costs as much as the rest of a line: once a millisecond is enough.
let stampedAt = 0;
let stamp = '';
function timestamp(): string {
  const now = Date.now();
  if (now !== stampedAt) {
    stampedAt = now;
    stamp = new Date(now).toISOString();
  }
  return stamp;
}

function linesIn(bytes: Buffer): number {
  return bytes.reduce((count, byte) => (byte === 10 ? count + 1 : count), 0);
}

// A log that can't be written (full disk, missing folder) must never stop traffic.
function tryTo(action: () => void): void {
  try {
    action();
  } catch {}
}
