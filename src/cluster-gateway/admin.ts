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
    if (request.method !== 'GET') response.writeHead(405).end();
    else if (pathname === '/readyz') {
      const why = notReady();
      response.writeHead(why === null ? 200 : 503, { 'content-type': 'text/plain' }).end(why ?? 'ready');
    } else if (pathname === '/metrics')
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics());
    else response.writeHead(404).end();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => resolve(server));
  });
}
