import type { Socket } from 'node:net';

/** Longest line, bytes: a table of some ten thousand instances. */
const MAX_LINE = 33_554_432;

/** Calls `heard` with each JSON value that `socket` sends on a line; a line that is none ends the connection. */
export function readLines(socket: Socket, heard: (value: unknown) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    if (rest.length > MAX_LINE) socket.destroy();
    for (const line of lines) if (!socket.destroyed) hear(line, heard, socket);
  });
}

export function writeLine(socket: Socket, value: unknown): void {
  if (socket.writable) socket.write(`${JSON.stringify(value)}\n`);
}

function hear(line: string, heard: (value: unknown) => void, socket: Socket): void {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    socket.destroy();
    return;
  }
  heard(value);
}
