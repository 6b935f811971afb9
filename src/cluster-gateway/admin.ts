import type { Server } from 'node:http';
import { http } from '../host/index.ts';

export interface Admin {
  /** Why it should get no requests; null: it should. */
  notReady: () => string | null;
  metrics: () => string;
}

/** `/readyz` for the cluster, `/metrics` for Prometheus: on a port that nothing is routed to. */
export function serveAdmin({ notReady, metrics }: Admin, port: number): Promise<Server> {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://gateway');
    const say = (status: number, text: string, type = 'text/plain') => {
      const headers = { 'content-type': type, 'content-length': Buffer.byteLength(text) };
      response.writeHead(status, headers).end(text);
    };
    if (request.method !== 'GET') say(405, 'only GET');
    else if (pathname === '/readyz') {
      const why = notReady();
      say(why === null ? 200 : 503, why ?? 'ready');
    } else if (pathname === '/metrics') say(200, metrics(), 'text/plain; version=0.0.4');
    else say(404, '/readyz and /metrics are here');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => resolve(server));
  });
}
