import type { Target } from './connection.ts';
import { EchoSocket } from './echo-socket.ts';
import type { Recorder } from './result.ts';

/** Long-lived WebSockets, each asking for an echo at an even pace. */
export interface Sockets {
  /** Closes all (1000) and resolves when all have ended. */
  stop: () => Promise<void>;
}

/** What each of the sockets works with. */
export interface SocketOptions {
  target: Target;
  /** Longest wait for the handshake and for an echo, ms. */
  timeoutMs: number;
  recorder: Recorder;
}

/** Wait before a socket that could not be opened is tried again. */
const retryMs = 500;

/** Keeps `count` WebSockets open: one that ends is recorded and opened anew. */
export function startSockets(count: number, options: SocketOptions): Sockets {
  const open = new Set<EchoSocket>();
  const retries = new Set<NodeJS.Timeout>();
  let stopping = false;

  const start = () => {
    const socket = new EchoSocket(options, (wasOpen) => {
      open.delete(socket);
      if (!stopping) startAfter(wasOpen ? 0 : retryMs);
    });
    open.add(socket);
  };
  const startAfter = (ms: number) => {
    const retry = setTimeout(() => {
      retries.delete(retry);
      start();
    }, ms);
    retries.add(retry);
  };

  for (let index = 0; index < count; index++) start();
  return {
    stop: async () => {
      stopping = true;
      for (const retry of retries) clearTimeout(retry);
      await Promise.all([...open].map((socket) => socket.end()));
    },
  };
}
