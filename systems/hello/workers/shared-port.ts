import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Finds the port that threads will share, and makes sure that nobody has it: sockets that share a port would join
 * a stranger's without an error. Rejects with `EADDRINUSE`.
 */
export async function findPort(host: string, port: number): Promise<number> {
  const server = createServer().listen({ host, port });
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the socket has no port');
  return address.port;
}
