import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A raw TCP client that keeps everything it gets. */
export interface RawClient {
  socket: Socket;
  /** Latin1. */
  readonly text: string;
  /** Resolves once the text satisfies `matches`. */
  until(matches: (text: string) => boolean): Promise<string>;
  /** Resolves with everything received once the other side has closed. */
  closed: Promise<string>;
}

export function rawClient(port: number, host = '127.0.0.1'): RawClient {
  return watch(connect({ port, host, allowHalfOpen: true }));
}

/** Sends `parts`, each in a packet of its own, and gives all that comes until the other side closes. */
export async function exchange(port: number, parts: string | string[]): Promise<string> {
  const client = rawClient(port);
  client.socket.setNoDelay(true);
  return sendEach(client, parts);
}

async function sendEach(client: RawClient, parts: string | string[]): Promise<string> {
  for (const part of [parts].flat()) {
    if (client.socket.destroyed || client.socket.readableEnded) break;
    await new Promise<void>((resolve) => client.socket.write(part, 'latin1', () => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const text = await client.closed;
  client.socket.destroy();
  return text;
}

/** As `exchange`, on a connection where `head`, a bodiless request, was answered twice: by now it is known there. */
export async function exchangeAfter(head: string, port: number, parts: string | string[]): Promise<string> {
  const client = rawClient(port);
  client.socket.setNoDelay(true);
  for (const count of [1, 2]) {
    client.socket.write(head, 'latin1');
    await client.until((text) => statuses(text).length === count);
  }
  return sendEach(client, parts);
}

/** Statuses of the answers in `text`, in order, interim ones included. */
export function statuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 ([0-9]{3}) /g)].map((match) => Number(match[1]));
}

export interface RawBackend {
  port: number;
  server: Server;
  connections: RawClient[];
  close(): Promise<void>;
}

/**
 * A backend on bare TCP: `serve` is called for each connection that sends something. With `allowHalfOpen` it may go
 * on sending after its peer has finished, and ends its sockets itself.
 */
export async function rawBackend(
  serve: (client: RawClient) => void,
  { allowHalfOpen = false } = {},
): Promise<RawBackend> {
  const connections: RawClient[] = [];
  const server = createServer({ noDelay: true, allowHalfOpen }, (socket) => {
    const client = watch(socket);
    // A probe sends nothing and leaves: nobody else would end such a half-open connection.
    if (allowHalfOpen) socket.once('end', () => connections.includes(client) || socket.destroy());
    socket.once('data', () => {
      connections.push(client);
      serve(client);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    server,
    connections,
    close: () =>
      closeServer(
        server,
        connections.map(({ socket }) => socket),
      ),
  };
}

/** A backend that answers each complete request head (bodies are not looked at) with `answer`. */
export function answering(
  answer: string | ((request: string, count: number) => string),
): Promise<RawBackend> {
  let count = 0;
  return rawBackend((client) => {
    let seen = 0;
    const look = (): void => {
      for (
        let end = client.text.indexOf('\r\n\r\n', seen);
        end !== -1;
        end = client.text.indexOf('\r\n\r\n', seen)
      ) {
        const request = client.text.slice(seen, end + 4);
        seen = end + 4;
        client.socket.write(typeof answer === 'string' ? answer : answer(request, ++count), 'latin1');
      }
    };
    client.socket.on('data', look);
    look();
  });
}

export async function closeServer(server: Server, sockets: Iterable<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of sockets) socket.destroy();
  await closed;
}

function watch(socket: Socket): RawClient {
  let text = '';
  const looks = new Set<() => void>();
  const closed = new Promise<string>((resolve) => {
    socket.on('end', () => resolve(text));
    socket.on('close', () => resolve(text));
  });
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    for (const look of looks) look();
  });
  return {
    socket,
    get text() {
      return text;
    },
    closed,
    until: (matches) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!matches(text)) return;
          looks.delete(look);
          resolve(text);
        };
        looks.add(look);
        void closed.then(() => (matches(text) ? resolve(text) : reject(new Error(`closed after: ${text}`))));
        look();
      }),
  };
}
