import net from 'node:net';
import { EscaleError } from '../core/errors/index.ts';
import { pause } from './waiting.ts';

/**
 * Ports that Escale gives out lie below the ephemeral range of Linux (32768 and up), so that no outgoing
 * connection of this host can hold one when it is needed.
 */
export const INSTANCE_PORTS = { first: 20_000, last: 29_999 };
export const INTERNAL_PORTS = { first: 30_000, last: 32_699 };

/** Whether nobody listens on a loopback port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Whether nobody listens on a loopback port, now or within a while. */
export async function becomesFree(port: number, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; !(await isFree(port)); await pause(LOOK_MS))
    if (Date.now() > until) return false;
  return true;
}

const LOOK_MS = 50;

/** The next free port of a range after `start`, leaving out those that are `taken`; wraps around once. Throws `ports-exhausted`. */
export async function nextPort(
  range: { first: number; last: number },
  start: number,
  taken: Set<number>,
): Promise<number> {
  const size = range.last - range.first + 1;
  for (let step = 0; step < size; step++) {
    const port = range.first + ((start - range.first + step + size) % size);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new EscaleError('ports-exhausted', `no free port between ${range.first} and ${range.last}`);
}
