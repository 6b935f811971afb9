import { randomBytes } from 'node:crypto';
import type { Target } from './connection.ts';
import type { RequestName } from './result.ts';

/** Kinds of request that a mix is made of. */
export type ScheduledName = Exclude<RequestName, 'websocket' | 'read' | 'write'>;

/** One request ready to be sent, and what its answer must be. */
export interface Prepared {
  name: RequestName;
  idempotent: boolean;
  /** Whether it may use, and leave, a kept-alive connection. */
  reuses: boolean;
  bytes: Buffer;
  /** The body that must come; null: any, with a 2xx. */
  expected: Buffer | null;
}

const sentence = Buffer.from('Hello, World!');
const steps = Array.from({ length: 10 }, (_, index) => `step ${index + 1}/10\n`);
const chunked = Buffer.from(`${steps.join('')}done\n`);

const smallestBodyBytes = 1024;
const largestBodyBytes = 64 * 1024;
const noise = randomBytes(2 * largestBodyBytes);

/** Prepares requests for the surface of `systems/hello` at a target. `random` gives numbers from 0 to below 1. */
export function createRequests(
  { hostHeader }: Target,
  random: () => number,
): Record<ScheduledName, () => Prepared> {
  const head = (line: string, more = '') =>
    Buffer.from(`${line} HTTP/1.1\r\nHost: ${hostHeader}\r\n${more}\r\n`);
  const get = (name: ScheduledName, fixed: Omit<Prepared, 'name' | 'idempotent'>) => {
    const prepared = { name, idempotent: true, ...fixed };
    return () => prepared;
  };
  return {
    'kept-alive': get('kept-alive', { reuses: true, bytes: head('GET /'), expected: sentence }),
    'new-connection': get('new-connection', {
      reuses: false,
      bytes: head('GET /', 'Connection: close\r\n'),
      expected: sentence,
    }),
    chunked: get('chunked', { reuses: true, bytes: head('GET /chunked/1'), expected: chunked }),
    echo: () => {
      const body = someBody(random);
      const type = 'Content-Type: application/octet-stream\r\n';
      const bytes = Buffer.concat([head('POST /echo', `${type}Content-Length: ${body.length}\r\n`), body]);
      return { name: 'echo', idempotent: false, reuses: true, bytes, expected: body };
    },
  };
}

function someBody(random: () => number): Buffer {
  const length = smallestBodyBytes + Math.floor(random() * (largestBodyBytes - smallestBodyBytes + 1));
  const start = Math.floor(random() * (noise.length - length));
  return noise.subarray(start, start + length);
}
