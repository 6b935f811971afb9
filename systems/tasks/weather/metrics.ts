import type { FastifyInstance } from 'fastify';
import { Counter, Histogram, Registry } from 'prom-client';

/** Counts and times every request, by route pattern and never by what a client wrote, and shows it at `/metrics`. */
export function measure(app: FastifyInstance): void {
  const register = new Registry();
  const common = { labelNames: ['method', 'path', 'status'] as const, registers: [register] };
  const requests = new Counter({ ...common, name: 'http_requests_total', help: 'Requests answered.' });
  const durations = new Histogram({
    ...common,
    name: 'http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer, in seconds; without event streams.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  app.addHook('onResponse', async (request, reply) => {
    const path = request.routeOptions.url ?? '(none)';
    const labels = { method: request.method, path, status: reply.statusCode };
    requests.inc(labels);
    if (!path.endsWith('/events')) durations.observe(labels, reply.elapsedTime / 1000);
  });
  app.get('/metrics', async (_request, reply) => {
    reply.type(Registry.PROMETHEUS_CONTENT_TYPE);
    return register.metrics();
  });
}
