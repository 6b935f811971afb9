import { BlockList, createServer, type Server, type Socket } from 'node:net';
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

/** An address that is not this host's yet is tried again so often: an engine may be about to bring its network up, ms. */
const AGAIN_MS = 500;

/** The lasting internal listeners: opened and closed as the table wants, those that stay are not touched. */
export class InternalListeners {
  private readonly open = new Map<string, Listening>();
  private readonly accept: Accept;
  private wanted: readonly InternalListener[] = [];
  private timer: NodeJS.Timeout | null = null;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(accept: Accept) {
    this.accept = accept;
  }

  /** Gives the listeners that could not be opened. */
  become(wanted: readonly InternalListener[]): Promise<TrafficProblem[]> {
    this.wanted = wanted;
    const changed = this.turn.then(() => this.change(wanted));
    this.turn = changed;
    return changed;
  }

  private async change(wanted: readonly InternalListener[]): Promise<TrafficProblem[]> {
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
    if (this.timer !== null) clearTimeout(this.timer);
    for (const { server } of this.open.values()) server.close();
    this.open.clear();
  }

  private tryAgain(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      void this.become(this.wanted);
    }, AGAIN_MS).unref();
  }

  /** A network of an environment reaches every address of this host; whoever is not of it is turned away. */
  private doorOf({ from }: InternalListener): Accept {
    if (from === undefined) return this.accept;
    const callers = subnetOf(from);
    return (socket, entry) => {
      if (callers.check(socket.remoteAddress ?? '', 'ipv4')) this.accept(socket, entry);
      else socket.destroy();
    };
  }

  private async ensure(wanted: InternalListener): Promise<TrafficProblem | null> {
    const known = this.open.get(keyOf(wanted));
    if (known !== undefined) {
      known.entry.service = wanted.service;
      return null;
    }
    const entry: Entry = { service: wanted.service, protocol: 'http' };
    try {
      this.open.set(keyOf(wanted), { entry, server: await listen(wanted, entry, this.doorOf(wanted)) });
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') this.tryAgain();
      return problemOf(wanted, error as NodeJS.ErrnoException);
    }
  }
}

function keyOf({ host, port, from = '' }: InternalListener): string {
  return `${host} ${port} ${from}`;
}

function subnetOf(cidr: string): BlockList {
  const [address = '', bits = ''] = cidr.split('/');
  const list = new BlockList();
  list.addSubnet(address, Number(bits), 'ipv4');
  return list;
}

function problemOf({ service, host, port }: InternalListener, error: NodeJS.ErrnoException): TrafficProblem {
  const isTaken = error.code === 'EADDRINUSE';
  const why = isTaken ? 'another process listens there' : error.message;
  return { code: isTaken ? 'port-taken' : 'listen-failed', service, message: `${host}:${port}: ${why}` };
}
