import type { Socket } from 'node:net';

let held: Socket[] = [];

/**
 * Holds what is written to `socket` until every socket that is readable in this turn of the event loop was read.
 * Answers then leave in bursts, and the processes at the other ends are woken once instead of for each of them,
 * which is where most of the kernel's time went.
 */
export function holdForBurst(socket: Socket): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  if (held.length === 0) setImmediate(flush);
  held.push(socket);
}

function flush(): void {
  const sockets = held;
  held = [];
  for (const socket of sockets) socket.uncork();
}
