import { createServer, type Server, type Socket } from 'node:net';
import type { InternalListener, TrafficProblem } from '../core/contracts/index.ts';
import type { Entry } from './client/data-plane.ts';
import { STRING_BYTES } from './client/read-buffer.ts';

/** A host (an IP address) and port; port 0 takes a free one. */
export interface ListenAddress {
  /** Default 127.0.0.1. */
  host?: string;
  port: number;
}

export type Accept = (socket: Socket, entry: Entry) => void;

/** Listens at `address`; rejects with node's error (`EADDRINUSE` …) when that is impossible. */
export async function listen(address: ListenAddress, entry: Entry, accept: Accept): Promise<Server> {
  const options = { allowHalfOpen: true, noDelay: true, highWaterMark: STRING_BYTES, pauseOnConnect: true };
  const server = createServer(options, (socket) => accept(socket, entry));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address.host ?? '127.0.0.1', port: address.port, backlog: 4096 }, () => resolve());
  });
  return server;
}

interface Listening {
  entry: Entry;
  server: Server;
}

/** The lasting internal listeners: opened and closed as the table wants, those that stay are not touched. */
export class InternalListeners {
  private readonly open = new Map<string, Listening>();
  private readonly accept: Accept;

  constructor(accept: Accept) {
    this.accept = accept;
  }

  /** Gives the listeners that could not be opened. */
  async become(wanted: readonly InternalListener[]): Promise<TrafficProblem[]> {
    const keys = new Set(wanted.map(keyOf));
    for (const [key, { server }] of this.open) {
      if (keys.has(key)) continue;
      server.close();
      this.open.delete(key);
    }
    const problems = await Promise.all(wanted.map((listener) => this.ensure(listener)));
    return problems.filter((problem) => problem !== null);
  }

  close(): void {
    for (const { server } of this.open.values()) server.close();
    this.open.clear();
  }

  private async ensure(wanted: InternalListener): Promise<TrafficProblem | null> {
    const known = this.open.get(keyOf(wanted));
    if (known !== undefined) {
      known.entry.service = wanted.service;
      return null;
    }
    const entry: Entry = { service: wanted.service, protocol: 'http' };
    try {
      this.open.set(keyOf(wanted), { entry, server: await listen(wanted, entry, this.accept) });
      return null;
    } catch (error) {
      return problemOf(wanted, error as NodeJS.ErrnoException);
    }
  }
}

function keyOf({ host, port }: InternalListener): string {
  return `${host} ${port}`;
}

function problemOf({ service, host, port }: InternalListener, error: NodeJS.ErrnoException): TrafficProblem {
  const isTaken = error.code === 'EADDRINUSE';
  const why = isTaken ? 'another process listens there' : error.message;
  return { code: isTaken ? 'port-taken' : 'listen-failed', service, message: `${host}:${port}: ${why}` };
}
