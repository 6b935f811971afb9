import type { FastifyInstance } from 'fastify';

const headers = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'Content-Type',
};

/** Lets pages of every origin call this service, and answers their preflights. */
export function allowOtherOrigins(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    if (request.method !== 'OPTIONS') return;
    return reply.code(204).header('access-control-max-age', '3600').send();
  });
}
