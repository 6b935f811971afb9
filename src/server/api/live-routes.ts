import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Live } from './live.ts';
import { seenBy, seesEvent } from './seen.ts';
import type { ApiApp } from './validation.ts';

const access = { role: 'viewer', environment: 'any' } as const;

/** What is, and what happens: of the environments that somebody may look into. */
export function liveRoutes(app: ApiApp, live: Live): void {
  app.get(
    '/api/overview',
    { config: { access, about: 'Systems, services, instances and what happened last' } },
    async (request) => seenBy(request.principal, await live.overview()),
  );
  app.get(
    '/api/stream',
    { config: { access, answers: 'events', about: 'The overview at each change, and events, as they come' } },
    (request, reply) => sendEvents(request, reply, live),
  );
  app.get(
    '/api/events',
    { config: { access, answers: 'lines', about: 'Events from now on' } },
    (request, reply) => sendEventLines(request, reply, live),
  );
}

/** Server-sent events: `overview` at once and at each change, `event` as they happen. */
function sendEvents({ principal }: FastifyRequest, reply: FastifyReply, live: Live): FastifyReply {
  const stream = new Readable({ read() {} });
  const say = (event: string, data: unknown) =>
    void stream.push(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const stop = live.listen({
    overview: (overview) => say('overview', seenBy(principal, overview)),
    event: (event) => seesEvent(principal, event) && say('event', event),
  });
  reply.raw.once('close', () => {
    stop();
    stream.destroy();
  });
  return reply.header('cache-control', 'no-store').type('text/event-stream').send(stream);
}

/** One event a line, as they happen. */
function sendEventLines({ principal }: FastifyRequest, reply: FastifyReply, live: Live): FastifyReply {
  const stream = new Readable({ read() {} });
  const stop = live.listen({
    overview: () => {},
    event: (event) => seesEvent(principal, event) && stream.push(`${JSON.stringify(event)}\n`),
  });
  reply.raw.once('close', () => {
    stop();
    stream.destroy();
  });
  stream.push('\n');
  return reply.type('application/x-ndjson').send(stream);
}
