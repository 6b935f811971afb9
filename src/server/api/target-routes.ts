import net from 'node:net';
import { z } from 'zod';
import type { Targets } from '../targets/index.ts';
import { sendSteps } from './answers.ts';
import { targetView } from './overview.ts';
import { name } from './place-params.ts';
import type { ApiApp } from './validation.ts';

const everywhere = { role: 'admin', environment: 'all' } as const;
const word = z.string().min(1).max(253);
/** Objects that are applied are made of these: the API of the cluster judges the words. */
const cluster = z.object({
  registry: word,
  repository: word,
  plainHttp: z.boolean(),
  routing: z.discriminatedUnion('kind', [
    z.object({ kind: z.enum(['none', 'node-port', 'load-balancer']) }),
    z.object({
      kind: z.literal('gateway-api'),
      gateway: z.object({ name: word, namespace: word.nullable() }),
    }),
    z.object({
      kind: z.literal('escale-gateway'),
      instances: z.union([z.literal('every-node'), z.number().int().min(1).max(999)]),
      expose: z.discriminatedUnion('type', [
        z.object({ type: z.literal('NodePort'), port: z.number().int().min(1).max(65_535).nullable() }),
        z.object({ type: z.literal('LoadBalancer') }),
      ]),
    }),
    z.object({ kind: z.literal('ingress'), className: word.nullable() }),
  ]),
  postgres: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('stateful-set'), image: word.nullable() }),
    z.object({
      ...{ kind: z.literal('cloudnative-pg'), image: word.nullable() },
      instances: z.number().int().min(1).max(99),
    }),
  ]),
  storage: z.object({ size: word, className: word.nullable() }),
  outbound: z.boolean(),
});
const target = z.object({
  // Both are checked where the words for their mistakes are.
  name: z.string().max(100),
  address: z.string().max(512),
  listen: z
    .array(z.string().refine((text) => net.isIP(text) !== 0, 'expected an IP address'))
    .max(16)
    .default([]),
  port: z.number().int().min(1).max(65_535).nullable().default(null),
  takeOver: z.boolean().default(false),
  cluster: cluster.nullable().default(null),
});
const params = z.object({ target: name });

/** Hosts elsewhere that environments run on: whoever makes one known has Escale's keys used there. */
export function targetRoutes(app: ApiApp, targets: Targets): void {
  const config = {
    access: everywhere,
    notes: ['name', 'address', 'listen', 'port', 'takeOver', 'forget', 'cluster'],
  };
  app.get(
    '/api/targets',
    { config: { ...config, about: 'Hosts elsewhere, and whether they answer' } },
    async () => (await targets.listSettled()).map(targetView),
  );
  app.post(
    '/api/targets',
    {
      config: {
        ...config,
        answers: 'lines',
        action: 'targets add',
        about: 'Make a host known, and bring Escale there',
      },
      schema: { body: target },
    },
    ({ body }, reply) =>
      sendSteps(reply, async (tell) => {
        const added = await targets.add(body, (step) => tell({ type: 'step', step }));
        return { target: added.name, address: added.address };
      }),
  );
  app.get(
    '/api/targets/:target/findings',
    {
      config: { ...config, about: 'What is there and what is missing on one' },
      schema: { params, querystring: z.object({ system: name.optional() }) },
    },
    ({ params: { target: of }, query }) => targets.examine(of, query.system ?? null),
  );
  app.post(
    '/api/targets/:target/remove',
    {
      config: { ...config, about: 'End everything of Escale there, and forget it' },
      schema: { params, body: z.object({ forget: z.boolean().default(false) }) },
    },
    async (request) => {
      await targets.remove(request.params.target, request.body);
      return {};
    },
  );
}
