import type { FastifyInstance } from 'fastify';
import { listOf, type Parts, prefixes } from '../todos/routes.ts';
import type { Hub } from './hub.ts';

/** `GET …/todos/events`: server-sent events `open`, and `change` whenever the list is another than before. */
export function eventRoutes(app: FastifyInstance, hub: Hub): void {
  for (const prefix of prefixes)
    app.get<{ Params: Parts }>(`${prefix}/events`, { exposeHeadRoute: false }, (request, reply) => {
      const list = listOf(request.params);
      for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value ?? '');
      reply.hijack();
      hub.follow(list, reply.raw);
    });
}
