import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

/** Takes a server out of service without cutting an answer. */
export interface Drain {
  /** Must see every request, before it is answered. */
  follow: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * Resolves when the connections of this moment are closed: each after the answers it is owed, which tell the
   * client to close, or when it has been idle for a while. New ones are served all the time.
   */
  start: () => Promise<void>;
  /** Stops listening; resolves when the last connection is gone. */
  stop: () => Promise<void>;
}

/**
 * How long a connection must have been idle before it is closed, ms. HTTP/1.1 can't say "no more" on an idle
 * connection: a request that is already on its way would be lost, so it gets the time to arrive.
 */
const settleMs = 200;

/*
 * Stopping is done right after a poll for events, so that hardly a connection waits unaccepted on the socket that closes,
 * and as `net` does it: `http` would at once close accepted connections whose first request has not been read.
 */

/** The drain of a server that has not yet listened. */
export function createDrain(server: Server): Drain {
  /** The answers still owed on each open connection, oldest first. */
  const owed = new Map<Socket, Set<ServerResponse>>();
  let draining = false;

  server.on('connection', (socket: Socket) => {
    owed.set(socket, new Set());
    socket.once('close', () => owed.delete(socket));
    if (draining) closeOnceIdle(owed, socket);
  });
  server.on('upgrade', (_request, socket) => owed.delete(socket as Socket));

  const follow = (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    owed.get(socket)?.add(response);
    if (draining) askToClose(response);
    response.once('close', () => {
      owed.get(socket)?.delete(response);
      if (draining) closeOnceIdle(owed, socket);
    });
  };

  const start = async () => {
    draining = true;
    await finishPresent(owed);
  };

  const stop = () =>
    new Promise<void>((resolve) => {
      setImmediate(() => NetServer.prototype.close.call(server, () => resolve()));
    });

  return { follow, start, stop };
}

type Owed = Map<Socket, Set<ServerResponse>>;

async function finishPresent(owed: Owed): Promise<void> {
  const present = [...owed.keys()].map(closed);
  for (const [socket, responses] of owed) {
    const last = [...responses].at(-1);
    if (last) askToClose(last);
    else closeOnceIdle(owed, socket);
  }
  await Promise.all(present);
}

/** Only the last answer of a connection may say it: what is pipelined behind the word "close" would be lost. */
function askToClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}

function closeOnceIdle(owed: Owed, socket: Socket): void {
  const isIdle = () => owed.get(socket)?.size === 0;
  if (!isIdle()) return;
  const timer = setTimeout(() => isIdle() && socket.destroySoon(), settleMs);
  socket.once('close', () => clearTimeout(timer));
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
