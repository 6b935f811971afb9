import type { Socket } from 'node:net';
import { holdForBurst } from '../turn.ts';
import { STRING_BYTES } from './read-buffer.ts';

/**
 * Writes `text` (latin1) and then `buffer[start, end)`. A small part is copied; of a large one the socket may still
 * need the buffer: when this gives false, leave the buffer alone and write no more until `drain`.
 */
export function writeTogether(
  socket: Socket,
  text: string,
  part: { buffer: Buffer; start: number; end: number },
): boolean {
  const { buffer, start, end } = part;
  const length = text.length + end - start;
  if (length === 0) return !socket.writableNeedDrain;
  if (length > STRING_BYTES) return writeUncopied(socket, text, buffer.subarray(start, end));
  return writeText(socket, start === end ? text : text + buffer.toString('latin1', start, end));
}

// The kernel mostly takes all of it at once: then nothing is left in the queue and nobody needs the buffer.
function writeUncopied(socket: Socket, text: string, bytes: Buffer): boolean {
  socket.uncork();
  if (text !== '') {
    socket.cork();
    socket.write(Buffer.from(text, 'latin1'));
  }
  socket.write(bytes);
  socket.uncork();
  return socket.writableLength === 0;
}

/** Writes a small latin1 `text`; false: write no more until `drain`. */
export function writeText(socket: Socket, text: string): boolean {
  if (text === '') return !socket.writableNeedDrain;
  holdForBurst(socket);
  return socket.write(text, 'latin1');
}

/** The request head and what is there of its body, as one write. */
export function writeRequest(socket: Socket, text: string, body: readonly (Buffer | string)[]): boolean {
  holdForBurst(socket);
  if (body.length === 0) return socket.write(text, 'latin1');
  const parts = body.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part));
  return socket.write(Buffer.concat([Buffer.from(text, 'latin1'), ...parts]));
}
