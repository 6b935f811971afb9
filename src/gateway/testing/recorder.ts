import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { closeServer } from './raw.ts';

/** A request as node's own strict parser understood it. */
export interface Recorded {
  method: string;
  target: string;
  headers: IncomingMessage['headers'];
  body: string;
  trailers: IncomingMessage['trailers'];
}

export interface Recorder {
  port: number;
  requests: Recorded[];
  /** Bytes received on all connections, requests complete or not. */
  readonly bytes: number;
  /** Messages that node's parser refused: there must never be one. */
  readonly parseErrors: string[];
  forget(): void;
  close(): Promise<void>;
}

export type Respond = (request: Recorded, response: ServerResponse) => void;

/** A real `node:http` server that writes down every request; by default it answers `ok`. */
export async function startRecorder(
  respond: Respond = (_, response) => response.end('ok'),
): Promise<Recorder> {
  const requests: Recorded[] = [];
  const sockets = new Set<Socket>();
  let bytes = 0;
  const parseErrors: string[] = [];
  const server: Server = createServer({ insecureHTTPParser: false }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: target = '', headers, trailers } = request;
      const recorded = { method, target, headers, body: Buffer.concat(chunks).toString('latin1'), trailers };
      requests.push(recorded);
      respond(recorded, response);
    });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      bytes += socket.bytesRead;
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (error.code?.startsWith('HPE_') && error.code !== 'HPE_INVALID_EOF_STATE')
      parseErrors.push(error.code);
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    get bytes() {
      return [...sockets].reduce((sum, socket) => sum + socket.bytesRead, bytes);
    },
    parseErrors,
    forget() {
      requests.length = 0;
      parseErrors.length = 0;
    },
    close: () => closeServer(server, sockets),
  };
}
