import { connect, type OnReadOpts, type Socket } from 'node:net';
import { connectOptions } from './address.ts';
import type { Instance } from './instance.ts';

/** Who uses a connection to an instance now. */
export interface UpstreamUser {
  connected(): void;
  /** Bytes in a buffer that is used again after true; false stops reading until `resume`. */
  received(buffer: Buffer, length: number): boolean;
  /** What was written has left; more may be written. */
  writable(): void;
  /** The instance closed its half in an orderly way. */
  ended(): void;
  /** The connection is gone; `error` says why when it was not orderly. */
  closed(error: NodeJS.ErrnoException | null): void;
}

/** Read buffer of one connection: the system gives it pages only as far as answers fill it. */
const READ_BYTES = 65_536;

/** A TCP or unix connection to an instance; used by one request (or tunnel) at a time, pooled between. */
export class UpstreamConnection {
  readonly instance: Instance;
  readonly socket: Socket;
  user: UpstreamUser | null;
  /** It has carried a whole exchange before. */
  isReused = false;
  /** When it was put into the pool, and when it must not be used any more, ms of the monotonic clock. */
  idleSince = 0;
  expires = 0;
  private error: NodeJS.ErrnoException | null = null;

  constructor(instance: Instance, user: UpstreamUser, connectMs: number) {
    this.instance = instance;
    this.user = user;
    this.socket = connect({
      ...connectOptions(instance.spec.address),
      noDelay: true,
      onread: this.reading(),
    });
    const timer = setTimeout(() => this.socket.destroy(timedOut(connectMs)), connectMs);
    this.socket.on('connect', () => {
      clearTimeout(timer);
      this.user?.connected();
    });
    this.socket.on('drain', () => this.user?.writable());
    this.socket.on('end', () => this.ended());
    this.socket.on('error', (error) => {
      this.error = error;
    });
    this.socket.on('close', () => {
      clearTimeout(timer);
      this.closed();
    });
  }

  resume(): void {
    this.socket.resume();
  }

  destroy(): void {
    this.user = null;
    this.instance.forget(this);
    this.socket.destroy();
  }

  private reading(): OnReadOpts {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    return {
      buffer,
      callback: (length) => {
        if (this.user !== null) return this.user.received(buffer, length);
        // Nobody asked: whatever this is, it must never become the answer to the next request.
        this.destroy();
        return false;
      },
    };
  }

  private ended(): void {
    if (this.user === null) this.destroy();
    else this.user.ended();
  }

  private closed(): void {
    const user = this.user;
    this.user = null;
    this.instance.forget(this);
    user?.closed(this.error);
  }
}

function timedOut(ms: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`no connection in ${ms} ms`), { code: 'ETIMEDOUT' });
}
