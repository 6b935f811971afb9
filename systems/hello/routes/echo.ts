import type { IncomingMessage } from 'node:http';
import { Refusal, send } from '../answer.ts';
import type { Route } from '../router.ts';

const largestBytes = 1024 * 1024;

/** What is read, and thrown away, of a body that is too large, so that its sender gets to see the answer. */
const largestDiscardedBytes = 16 * largestBytes;

/** The request's body, back. */
export function echoRoutes(): Route[] {
  return [
    {
      method: 'POST',
      path: '/echo',
      handle: async ({ request, response }) => {
        const body = await readBody(request);
        send(response, 200, { type: request.headers['content-type'] ?? 'application/octet-stream', body });
      },
    },
    {
      method: 'GET',
      path: '/ws/echo',
      handle: () => {
        throw new Refusal(426, 'this is a WebSocket', { upgrade: 'websocket', connection: 'Upgrade' });
      },
    },
  ];
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= largestBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > largestDiscardedBytes) break;
  }
  if (bytes <= largestBytes) return Buffer.concat(chunks);
  throw new Refusal(413, `body: expected at most ${largestBytes} bytes`, { connection: 'close' });
}
