import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import type { Flags } from './flags.ts';
import { pathOf } from './router.ts';

/** The WebSocket side of the service: `/ws/echo`. */
export interface Sockets {
  /** Whether a request is to become a WebSocket; any other `Upgrade` may be ignored, and is. */
  wants: (request: IncomingMessage) => boolean;
  accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Says goodbye (1001) to all; resolves when all are closed, cut after a bound. */
  close: () => Promise<void>;
}

const largestMessageBytes = 1024 * 1024;
const goodbyeMs = 3000;
const goingAway = 1001;

/** No sockets yet; `ws` is loaded by the first. */
export function createSockets(flags: Flags): Sockets {
  let loading: Promise<WebSocketServer> | null = null;
  const accept: Sockets['accept'] = async (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    loading ??= loadServer();
    const server = await loading;
    if (flags.draining || flags.faults) return refuse(socket, flags.draining ? 503 : 500);
    server.handleUpgrade(request, socket, head, echo);
  };
  const close = async () => {
    if (loading) await closeAll(await loading);
  };
  return { wants: isForEcho, accept, close };
}

function isForEcho({ method, url, headers }: IncomingMessage): boolean {
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return false;
  try {
    return pathOf(url ?? '') === '/ws/echo';
  } catch {
    return false;
  }
}

async function loadServer(): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws');
  return new WebSocketServer({ noServer: true, maxPayload: largestMessageBytes, perMessageDeflate: false });
}

function refuse(socket: Duplex, status: 500 | 503): void {
  const reason = status === 503 ? 'Service Unavailable' : 'Internal Server Error';
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}

/** Sends every message back; reads no further while the client does not take what it was sent. */
function echo(client: WebSocket): void {
  client.on('error', () => client.terminate());
  client.on('message', (message, binary) => {
    client.send(message, { binary }, () => client.isPaused && client.resume());
    if (client.bufferedAmount > largestMessageBytes) client.pause();
  });
}

async function closeAll(server: WebSocketServer): Promise<void> {
  const clients = [...server.clients];
  const cut = setTimeout(() => clients.forEach((client) => void client.terminate()), goodbyeMs);
  await Promise.all(clients.map(closeOne));
  clearTimeout(cut);
}

function closeOne(client: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    client.once('close', () => resolve());
    client.close(goingAway, 'going away');
  });
}
