import type { Socket } from 'node:net';

/** Up to this many bytes node writes a latin1 string from the stack, without an object for each write. */
const STRING_BYTES = 16_384;

/**
 * Writes `text` (latin1) and then `buffer[start, end)` as one write; the buffer may be used again afterwards.
 * False: the socket's queue is full, wait for `drain`.
 */
export function writeTogether(
  socket: Socket,
  text: string,
  part: { buffer: Buffer; start: number; end: number },
): boolean {
  const { buffer, start, end } = part;
  const length = text.length + end - start;
  if (length === 0) return !socket.writableNeedDrain;
  if (length <= STRING_BYTES)
    return socket.write(start === end ? text : text + buffer.toString('latin1', start, end), 'latin1');
  const together = Buffer.allocUnsafe(length);
  together.write(text, 0, 'latin1');
  buffer.copy(together, text.length, start, end);
  return socket.write(together);
}

/** The request head and what is there of its body, as one write. */
export function writeRequest(socket: Socket, text: string, body: readonly (Buffer | string)[]): boolean {
  if (body.length === 0) return socket.write(text, 'latin1');
  const parts = body.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part));
  return socket.write(Buffer.concat([Buffer.from(text, 'latin1'), ...parts]));
}
