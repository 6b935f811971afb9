import type { Socket } from 'node:net';

let time = 0;
let isRunning = false;
let held: Socket[] = [];

/**
 * Monotonic time, ms, read once for each turn of the event loop; under full load it is a ms or two old. Reading it
 * anew for every deadline and duration cost as much as a small parse.
 */
export function now(): number {
  if (!isRunning) begin();
  return time;
}

/**
 * Holds what is written to `socket` until every socket that is readable in this turn of the event loop was read.
 * Answers then leave in bursts, and the processes at the other ends are woken once instead of for each of them,
 * which is where most of the kernel's time went.
 */
export function holdForBurst(socket: Socket): void {
  if (socket.writableCorked > 0) return;
  if (!isRunning) begin();
  socket.cork();
  held.push(socket);
}

function begin(): void {
  isRunning = true;
  time = performance.now();
  setImmediate(end);
}

function end(): void {
  isRunning = false;
  const sockets = held;
  held = [];
  for (const socket of sockets) socket.uncork();
}
