import type { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { may, type Principal, ROLES } from '../../core/access/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import type { ChangeResult, ControlPlane } from '../control-plane.ts';
import type { Deliveries, Delivery } from '../environments/deliveries.ts';
import type { Approval, EnvironmentStore } from '../environments/environment-store.ts';
import type { Following } from '../git/following.ts';
import type { Repositories } from '../git/repositories.ts';
import type { ReleaseHistory } from '../release-history.ts';
import { deployer } from './access.ts';
import { sendLines } from './answers.ts';
import { name, placeOf, SYSTEM } from './place-params.ts';
import { planView } from './plan-view.ts';
import type { MovePlanView, ReleaseChangesView, RepositoryView, TargetView } from './types.ts';
import type { ApiApp } from './validation.ts';

export interface DeliveryRoutesParts {
  repositories: Repositories;
  following: Following;
  deliveries: Deliveries;
  environments: EnvironmentStore;
  history: ReleaseHistory;
  planOf: ControlPlane['planOf'];
}

const somewhere = { role: 'viewer', environment: 'any' } as const;
const someDeployer = { role: 'deployer', environment: 'any' } as const;
const everywhere = { role: 'admin', environment: 'all' } as const;

const repositoryOf = z.object({ repository: name });
const followWish = z.object({
  url: z.string().max(2000),
  everySeconds: z.number().int().min(10).max(86_400).default(60),
  allowInside: z.boolean().default(false),
  token: z.string().min(1).max(4096).nullish(),
});
const promotion = z.object({
  from: name,
  release: z.number().int().positive().nullish(),
  commit: z
    .string()
    .regex(/^[0-9a-f]{40}$/)
    .nullish(),
});
const approvalOf = z.object({ approval: z.coerce.number().int().positive() });
const releaseOf = z.object({ system: name, release: z.coerce.number().int().positive() });
const since = z.object({ since: z.coerce.number().int().positive().optional() });
const move = z.object({
  release: z.coerce.number().int().positive(),
  kind: z.enum(['deploy', 'promote', 'rollback']),
  from: name.optional(),
});
const rule = z.object({
  system: name.or(z.literal('*')),
  environment: name,
  branch: z.string().min(1).max(250).nullable().default(null),
  promoteFrom: name.nullable().default(null),
  approve: z.enum(ROLES).nullable().default(null),
});
const ruleAt = z.object({ system: name.or(z.literal('*')), environment: name });

/** From commits to environments: repositories, promotion, approvals, rules. */
export function deliveryRoutes(app: ApiApp, parts: DeliveryRoutesParts): void {
  repositoryRoutes(app, parts);
  promotionRoutes(app, parts);
  approvalRoutes(app, parts);
  ruleRoutes(app, parts);
}

function repositoryRoutes(app: ApiApp, { repositories, following }: DeliveryRoutesParts): void {
  app.get(
    '/api/repositories',
    { config: { access: somewhere, about: 'Repositories, and what they follow' } },
    () => repositories.list().map(repositoryView),
  );
  app.post(
    '/api/repositories/:repository/follow',
    {
      config: {
        access: everywhere,
        notes: ['url', 'everySeconds', 'allowInside'],
        about: 'Deliver what is pushed to an outside repository',
      },
      schema: { params: repositoryOf, body: followWish },
    },
    async ({ params: { repository }, body: { everySeconds, token, ...wish } }) => {
      await following.follow(repository, { ...wish, everyMs: everySeconds * 1000, token: token ?? null });
      return {};
    },
  );
  app.post(
    '/api/repositories/:repository/unfollow',
    {
      config: { access: everywhere, about: 'Follow its outside repository no more' },
      schema: { params: repositoryOf },
    },
    ({ params }) => {
      following.unfollow(params.repository);
      return {};
    },
  );
  app.post(
    '/api/repositories/:repository/fetch',
    {
      config: { access: someDeployer, about: 'Look at its outside repository now' },
      schema: { params: repositoryOf },
    },
    async ({ params }) => {
      await following.look(params.repository, 'poll');
      return {};
    },
  );
  app.post(
    '/api/repositories/:repository/hook-secret',
    {
      config: { access: everywhere, about: 'What the sender of a webhook signs with' },
      schema: { params: repositoryOf },
    },
    ({ params }) => ({ secret: following.hookSecret(params.repository) }),
  );
}

const LARGEST_HOOK = 4 << 20;

/** Calls of other git servers: what they say is not believed, only that they may ask for a look. */
export async function hookRoutes(app: ApiApp, { following }: DeliveryRoutesParts): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => {
    readAll(payload, LARGEST_HOOK).then((body) => done(null, body), done);
  });
  app.post(
    '/hooks/:repository',
    {
      config: { access: 'open', about: 'A git server says that something was pushed' },
      bodyLimit: LARGEST_HOOK,
      schema: { params: repositoryOf },
    },
    async ({ params, headers, body }, reply) => {
      following.checkHook(params.repository, headers, Buffer.isBuffer(body) ? body : Buffer.alloc(0));
      following.called(params.repository);
      return reply.code(202).send({});
    },
  );
}

async function readAll(stream: Readable, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw Object.assign(new Error('the call is too large'), { statusCode: 413 });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function promotionRoutes(app: ApiApp, { deliveries, history, planOf }: DeliveryRoutesParts): void {
  app.post(
    `${SYSTEM}/promote`,
    {
      config: {
        access: deployer,
        notes: ['from', 'release'],
        answers: 'lines',
        about: 'Bring a release of another environment here',
      },
      schema: { params: placeOf, body: promotion },
    },
    ({ params: { system, environment }, body, principal }, reply) => {
      mustSee({ principal }, body.from);
      const wish = {
        system,
        from: body.from,
        to: environment,
        release: body.release ?? null,
        commit: body.commit ?? null,
      };
      return sendLines(reply, async (tell) =>
        changeOf(await deliveries.promote({ ...wish, by: principal }, tell), { system, environment }),
      );
    },
  );
  app.get(
    `${SYSTEM}/plan`,
    {
      config: { access: deployer, looks: true, about: 'What bringing a kept release here would do' },
      schema: { params: placeOf, querystring: move },
    },
    async ({ params, query: { release, kind, from = null }, principal }): Promise<MovePlanView> => {
      if (from !== null) mustSee({ principal }, from);
      const { system, environment } = params;
      const approve =
        kind === 'rollback' ? null : deliveries.mayCome({ system, from, to: environment, release });
      return { ...planView(await planOf(params, release, kind)), approve };
    },
  );
  app.get(
    '/api/systems/:system/releases/:release',
    {
      config: { access: somewhere, about: 'What is new in a release' },
      schema: { params: releaseOf, querystring: since },
    },
    async ({ params, query, principal }): Promise<ReleaseChangesView> => {
      const changes = await history.changes(params, query.since ?? null, principal);
      const targets = deliveries
        .targets(params.system, params.release)
        .filter(({ environment }) => may(principal, 'viewer', { environment }))
        .map((target) => seenTarget(principal, target));
      return { ...changes, targets };
    },
  );
}

function approvalRoutes(app: ApiApp, { deliveries }: DeliveryRoutesParts): void {
  app.get(
    '/api/approvals',
    { config: { access: somewhere, about: 'Releases that wait for a word' } },
    ({ principal }) =>
      deliveries.waiting().filter(({ environment }) => may(principal, 'viewer', { environment })),
  );
  app.post(
    '/api/approvals/:approval/approve',
    {
      config: { access: someDeployer, answers: 'lines', about: 'Give the word' },
      schema: { params: approvalOf },
    },
    ({ params, principal }, reply) => {
      const approval = mayDecide({ principal }, deliveries.approval(params.approval));
      return sendLines(reply, async (tell) =>
        changeOf(await deliveries.approve(approval.id, principal.name, tell), approval),
      );
    },
  );
  app.post(
    '/api/approvals/:approval/refuse',
    { config: { access: someDeployer, about: 'Say no' }, schema: { params: approvalOf } },
    ({ params, principal }) => {
      const approval = mayDecide({ principal }, deliveries.approval(params.approval));
      deliveries.refuse(approval.id, principal.name);
      return {};
    },
  );
}

function ruleRoutes(app: ApiApp, { environments }: DeliveryRoutesParts): void {
  app.get(
    '/api/environment-rules',
    { config: { access: somewhere, about: 'What the server says of environments' } },
    ({ principal }) =>
      environments.rules().filter(({ environment }) => may(principal, 'viewer', { environment })),
  );
  app.post(
    '/api/environment-rules',
    {
      config: {
        access: everywhere,
        notes: ['system', 'environment', 'branch', 'promoteFrom', 'approve'],
        about: 'Say what holds for an environment',
      },
      schema: { body: rule },
    },
    ({ body }) => {
      environments.setRule(body);
      return {};
    },
  );
  app.post(
    '/api/environment-rules/remove',
    {
      config: { access: everywhere, notes: ['system', 'environment'], about: 'Take a rule away' },
      schema: { body: ruleAt },
    },
    ({ body }) => ({ removed: environments.removeRule(body) }),
  );
}

/** What runs where somebody may not look is unknown to them. */
function mustSee({ principal }: Pick<FastifyRequest, 'principal'>, environment: string): void {
  if (may(principal, 'viewer', { environment })) return;
  throw new EscaleError('access-denied', `${principal.name} is no viewer in ${environment}`);
}

/** The environment that it comes from is not told to who may not look there. */
function seenTarget(principal: Principal, target: TargetView): TargetView {
  const { from, problem } = target;
  if (from === null || may(principal, 'viewer', { environment: from })) return target;
  return { ...target, from: null, problem: problem ?? 'it comes from where you may not look' };
}

function mayDecide({ principal }: Pick<FastifyRequest, 'principal'>, approval: Approval): Approval {
  const { environment, role } = approval;
  if (may(principal, role, { environment })) return approval;
  if (!may(principal, 'viewer', { environment }))
    throw new EscaleError(
      'approval-unknown',
      `nothing waits for an approval under the number ${approval.id}`,
    );
  throw new EscaleError('access-denied', `${principal.name} is no ${role} in ${environment}`);
}

/** Where it waits for an approval nothing was begun. */
function changeOf(
  { change, approval }: Delivery,
  place: { system: string; environment: string },
): ChangeResult & { approval: Approval | null } {
  const { system, environment } = place;
  const nothing = { place: { system, environment }, rollout: null, added: false, returned: false };
  return { ...(change ?? { ...nothing, release: approval?.release ?? 0 }), approval };
}

function repositoryView({
  name: repository,
  createdAt,
  follows,
  fetchedAt,
  problem,
}: ReturnType<Repositories['list']>[number]): RepositoryView {
  const following = follows && { url: follows.url, everySeconds: follows.everyMs / 1000, fetchedAt, problem };
  return { name: repository, createdAt, following };
}
