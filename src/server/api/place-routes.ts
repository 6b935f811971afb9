import { z } from 'zod';
import type { ControlPlane } from '../control-plane.ts';
import { deployer, viewer } from './access.ts';
import { abortOnClose, asLines, sendLines } from './answers.ts';
import { name, placeOf as params, SYSTEM } from './place-params.ts';
import type { ApiApp } from './validation.ts';

const toRelease = z.object({ to: z.number().int().positive().nullish() });
const services = z.object({ services: z.array(z.string()).default([]) });
const numbers = z.object({ numbers: z.record(z.string(), z.number()) });
const logQuery = z.object({
  service: name.optional(),
  instance: z.string().optional(),
  tail: z.number().int().positive().optional(),
  follow: z.boolean().optional(),
});

/** Changes of a system in an environment, and what it writes. */
export function placeRoutes(app: ApiApp, controlPlane: ControlPlane): void {
  const change = { access: deployer, answers: 'lines' } as const;
  app.post(
    `${SYSTEM}/rollback`,
    {
      config: { ...change, notes: ['to'], about: 'Return to a release, or to the one before' },
      schema: { params, body: toRelease },
    },
    (request, reply) =>
      sendLines(reply, (tell) => controlPlane.rollback(request.params, request.body.to ?? null, tell)),
  );
  app.post(
    `${SYSTEM}/restart`,
    {
      config: { ...change, notes: ['services'], about: 'Replace the instances of services, or of all' },
      schema: { params, body: services },
    },
    (request, reply) =>
      sendLines(reply, (tell) => controlPlane.restart(request.params, request.body.services, tell)),
  );
  app.post(
    `${SYSTEM}/scale`,
    {
      config: { ...change, notes: ['numbers'], about: 'Set numbers of instances, by service' },
      schema: { params, body: numbers },
    },
    (request, reply) =>
      sendLines(reply, (tell) => controlPlane.scale(request.params, request.body.numbers, tell)),
  );
  app.post(
    `${SYSTEM}/down`,
    { config: { access: deployer, about: 'Stop it; what it keeps stays' }, schema: { params } },
    async (request) => {
      await controlPlane.down(request.params);
      return {};
    },
  );
  app.get(
    `${SYSTEM}/objects`,
    {
      config: { access: deployer, about: 'The objects of it in a cluster, as they were applied' },
      schema: { params },
    },
    (request) => controlPlane.deployedObjects(request.params),
  );
  app.post(
    `${SYSTEM}/logs`,
    {
      config: { access: viewer, looks: true, answers: 'lines', about: 'What its services wrote' },
      schema: { params, body: logQuery },
    },
    (request, reply) => {
      const query = { ...request.params, ...request.body };
      controlPlane.deployments.mustExist(query);
      const { signal, abort } = abortOnClose(reply);
      const lines = asLines(controlPlane.parts.engine.logs(query, signal), request, abort);
      return reply.type('application/x-ndjson').send(lines);
    },
  );
}
