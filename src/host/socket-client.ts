import { EscaleError } from '../core/errors/index.ts';
import { type JsonClient, jsonClient } from './json-client.ts';
import { http } from './node-http.ts';

export type SocketClient = JsonClient;

/** A JSON client of one unix socket. */
export function connectSocket(socketPath: string, name: string): SocketClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  return jsonClient({
    begin: ({ alone, ...request }) => http.request({ socketPath, ...request, agent: alone ? false : agent }),
    // It is starting, restarting, or was never started.
    away: (cause) =>
      new EscaleError('process-away', `${name} does not answer (${cause.code ?? cause.message})`, {
        next: 'Start it with `escale up`, or look at `escale doctor`.',
      }),
    strange: (status, text) => new Error(`unexpected answer ${status}: ${text}`),
  });
}
