import type { WebSocket } from 'ws';
import type { Connection } from './connection.ts';
import { refusalOf, statusIn } from './refusal.ts';

export interface SocketOrder {
  path: string;
  /** Each name as often as it stands here. */
  query: [string, string][];
  /** Of the WebSocket: `v5.channel.k8s.io`. */
  protocol: string;
  /** What is done, for people. */
  what: string;
}

/** A WebSocket below an API server, open and paused: nothing is lost until whoever asked listens. Rejects as every request of the API does. */
export async function openSocket(
  connection: Connection,
  { path, query, protocol, what }: SocketOrder,
): Promise<WebSocket> {
  const { WebSocket } = await import('ws');
  const { url, tls, headers } = await connection.entry();
  const address = new URL(`${url.replace(/^http/, 'ws')}${path}`);
  for (const [name, value] of query) address.searchParams.append(name, value);
  const socket = new WebSocket(address, [protocol], { ...tls, headers, perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => {
      socket.pause();
      resolve();
    });
    socket.once('error', (error) => reject(connection.away(what, error)));
    socket.once('unexpected-response', (_, answer) => {
      answer.setEncoding('utf8');
      let text = '';
      answer.on('data', (piece: string) => {
        text += piece;
      });
      answer.once('end', () =>
        reject(refusalOf(answer.statusCode!, statusIn(text), { what, method: 'GET' })),
      );
    });
  });
  return socket.on('error', () => {});
}
