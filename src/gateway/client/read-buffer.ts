import { Socket } from 'node:net';

/** Takes `length` bytes from the start of `buffer`, which is used again afterwards: what is kept must be copied. */
export type Received = (buffer: Buffer, length: number) => void;

/** One for all clients: a read is over before the next begins. */
const SHARED = Buffer.allocUnsafeSlow(65_536);

/** Up to this many bytes node writes a latin1 string from the stack, without an object for each write. */
export const STRING_BYTES = 16_384;

interface WithHandle {
  _handle?: object | null;
}

/**
 * The socket to use for a connection that a server accepted with `pauseOnConnect`; its bytes go to `received`.
 *
 * Node documents `onread` for outgoing sockets alone, and would make a buffer of 64 KB for every read of an accepted
 * one. So its handle gets a new socket, as node's own cluster and TLS do. Where there is no such handle (another
 * node, a socket of TLS), the socket stays as it is, and only slower.
 */
export function readInto(accepted: Socket, received: Received): Socket {
  const handle = (accepted as WithHandle)._handle;
  if (handle === undefined || handle === null) {
    accepted.on('data', (chunk: Buffer) => received(chunk, chunk.length)).resume();
    return accepted;
  }
  (accepted as WithHandle)._handle = null;
  accepted.destroy();
  const options = {
    handle,
    allowHalfOpen: true,
    highWaterMark: STRING_BYTES,
    onread: {
      buffer: SHARED,
      callback: (length: number, buffer: Uint8Array) => {
        received(buffer as Buffer, length);
        return true;
      },
    },
  };
  return new Socket(options as object);
}
