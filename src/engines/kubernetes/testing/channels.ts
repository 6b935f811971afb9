import type { IncomingMessage } from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { ApiServer } from './api-server.ts';

const PATH = /^\/api\/v1\/namespaces\/[^/]+\/pods\/([^/]+)\/(exec|portforward)$/;
const sockets = new WebSocketServer({ noServer: true });

/** Commands in pods and connections to their ports, as kubelets carry them: the first byte of a message is its channel. */
export function answerUpgrade(
  server: ApiServer,
  request: IncomingMessage,
  { socket, head }: { socket: Duplex; head: Buffer },
): void {
  const url = new URL(request.url!, 'http://test');
  const [, pod = '', what] = PATH.exec(url.pathname) ?? [];
  if (server.store.all('Pod').every(({ metadata }) => metadata.name !== pod)) {
    const text = JSON.stringify({
      kind: 'Status',
      code: 404,
      reason: 'NotFound',
      message: `pods "${pod}" not found`,
    });
    socket.end(
      `HTTP/1.1 404 Not Found\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`,
    );
    return;
  }
  sockets.handleUpgrade(request, socket, head, (client) => {
    const send = (channel: number, chunk: Buffer | string) =>
      client.send(Buffer.concat([Buffer.of(channel), Buffer.from(chunk)]));
    if (what === 'portforward') {
      for (const channel of [0, 1]) send(channel, Buffer.from([8000 & 255, 8000 >> 8]));
      const to = net.connect(server.podPort, '127.0.0.1');
      to.on('data', (chunk) => send(0, chunk));
      to.once('error', ({ message }) => send(1, message));
      to.once('close', () => client.close());
      client.on('message', (message: Buffer) => to.write(message.subarray(1)));
      client.once('close', () => to.destroy());
      return;
    }
    let input = '';
    client.on('message', (message: Buffer) => {
      if (message[0] === 0) input += message.subarray(1).toString();
      if (message[0] !== 255) return;
      const { out, err, exit } = server.command(pod, url.searchParams.getAll('command'), input);
      send(1, out);
      send(2, err);
      const causes = [{ reason: 'ExitCode', message: String(exit) }];
      send(
        3,
        JSON.stringify(exit === 0 ? { status: 'Success' } : { status: 'Failure', details: { causes } }),
      );
      client.close();
    });
  });
}
