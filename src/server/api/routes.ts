import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ExecSession } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { describe } from '../../core/rollout/index.ts';
import { errorBody, untilSaid } from '../../host/index.ts';
import type { Access, End, Known } from '../access/index.ts';
import type { ChangeResult, ControlPlane, Progress } from '../control-plane.ts';
import type { PlannedChange } from '../planning.ts';
import { deployer, viewer } from './access.ts';
import { accessRoutes } from './access-routes.ts';
import type { Live } from './live.ts';
import { name, placeOf, SYSTEM } from './place-params.ts';
import { resourceRoutes } from './resource-routes.ts';
import { secretRoutes } from './secret-routes.ts';
import { seenBy, seesEvent } from './seen.ts';
import type { PlanView } from './types.ts';
import type { ApiApp } from './validation.ts';

export interface ApiParts {
  controlPlane: ControlPlane;
  live: Live;
  access: Access;
  version: string;
  /** The gateway's figures of every service, in Prometheus' text format. */
  metrics: () => Promise<string>;
}

const deploySource = z.object({ folder: z.string(), environment: name });
const logQuery = z.object({
  service: name.optional(),
  instance: z.string().optional(),
  tail: z.number().int().positive().optional(),
  follow: z.boolean().optional(),
});
const instanceOf = z.object({ instance: z.string() });
const somewhere = { access: { role: 'viewer', environment: 'any' } } as const;

const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** What may be asked, the same on the socket and on the pages; who may ask it stands in each route's `access`. */
export function apiRoutes(app: ApiApp, parts: ApiParts): void {
  const { controlPlane, live, metrics, version } = parts;
  app.get('/metrics', { config: { access: 'scraped' } }, async (_request, reply) =>
    reply.type(PROMETHEUS_TEXT).send(await metrics()),
  );
  app.get('/api/hello', { config: somewhere }, () => ({ pid: process.pid, version }));
  app.get('/api/overview', { config: somewhere }, async (request) =>
    seenBy(request.principal, await live.overview()),
  );
  app.get('/api/stream', { config: somewhere }, (request, reply) => sendEvents(request, reply, live));
  app.get('/api/events', { config: somewhere }, (request, reply) => sendEventLines(request, reply, live));
  placeRoutes(app, controlPlane);
  instanceRoutes(app, controlPlane);
  resourceRoutes(app, controlPlane);
  secretRoutes(app, controlPlane);
  accessRoutes(app, parts);
}

function placeRoutes(app: ApiApp, controlPlane: ControlPlane): void {
  const to = z.object({ to: z.number().int().positive().nullish() });
  const services = z.object({ services: z.array(z.string()).default([]) });
  const numbers = z.object({ numbers: z.record(z.string(), z.number()) });

  app.post(
    `${SYSTEM}/rollback`,
    { config: { access: deployer, notes: ['to'] }, schema: { params: placeOf, body: to } },
    ({ params, body }, reply) =>
      sendLines(reply, (tell) => controlPlane.rollback(params, body.to ?? null, tell)),
  );
  app.post(
    `${SYSTEM}/restart`,
    { config: { access: deployer, notes: ['services'] }, schema: { params: placeOf, body: services } },
    ({ params, body }, reply) =>
      sendLines(reply, (tell) => controlPlane.restart(params, body.services, tell)),
  );
  app.post(
    `${SYSTEM}/scale`,
    { config: { access: deployer, notes: ['numbers'] }, schema: { params: placeOf, body: numbers } },
    ({ params, body }, reply) => sendLines(reply, (tell) => controlPlane.scale(params, body.numbers, tell)),
  );
  app.post(
    `${SYSTEM}/down`,
    { config: { access: deployer }, schema: { params: placeOf } },
    async ({ params }) => {
      await controlPlane.down(params);
      return {};
    },
  );
  app.post(
    `${SYSTEM}/logs`,
    { config: { access: viewer, looks: true }, schema: { params: placeOf, body: logQuery } },
    ({ params, body }, reply) => {
      const query = { ...params, ...body };
      controlPlane.deployments.mustExist(query);
      const { signal, abort } = abortOnClose(reply);
      const lines = asLines(controlPlane.parts.engine.logs(query, signal), reply.request, abort);
      return reply.type('application/x-ndjson').send(lines);
    },
  );
}

/** A command beside an instance: the request's body is its input, the answer its output. */
const execQuery = z.object({ command: z.string() });

function instanceRoutes(app: ApiApp, controlPlane: ControlPlane): void {
  const { engine } = controlPlane.parts;
  const access = { role: 'deployer', environment: 'instance' } as const;
  app.post(
    '/api/instances/:instance/kill',
    { config: { access }, schema: { params: instanceOf } },
    async ({ params }) => {
      await engine.kill(params.instance);
      return {};
    },
  );
  app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null));
  app.post(
    '/api/instances/:instance/exec',
    { config: { access }, schema: { params: instanceOf, querystring: execQuery } },
    async ({ params: { instance }, query, raw, known }, reply) => {
      const command = z.array(z.string()).min(1).parse(JSON.parse(query.command));
      const session = await engine.exec({ instance, command });
      raw.on('data', (chunk: Buffer) => session.write(chunk));
      raw.once('end', () => session.end());
      const lines = Readable.from(encodeOutput(session, raw, known)).once('close', () => session.close());
      return reply.type('application/x-ndjson').send(lines);
    },
  );
}

/** Only on the socket: a folder of this host becomes a release, which means that its code runs. */
export function deliverRoutes(app: ApiApp, { controlPlane }: ApiParts): void {
  const notes = ['folder', 'environment'];
  app.post(
    '/api/plan',
    { config: { access: 'owner', looks: true, notes }, schema: { body: deploySource } },
    async ({ body }) => planView(await controlPlane.plan(body)),
  );
  app.post(
    '/api/deploy',
    { config: { access: 'owner', notes }, schema: { body: deploySource } },
    ({ body }, reply) => sendLines(reply, (tell) => controlPlane.deploy(body, tell)),
  );
}

async function* encodeOutput(session: ExecSession, request: IncomingMessage, known: Known | null) {
  try {
    for await (const item of session.output)
      yield `${JSON.stringify('exit' in item ? item : { ...item, chunk: Buffer.from(item.chunk).toString('base64') })}\n`;
  } catch (error) {
    yield `${JSON.stringify({ error: bodyOf(error, known) })}\n`;
  }
  await untilSaid(request);
}

type Change = (tell: (progress: Progress) => void) => Promise<ChangeResult>;

export function planView({ place, release, fromRelease, plan, notes }: PlannedChange): PlanView {
  return {
    ...place,
    release,
    fromRelease,
    operations: plan.operations,
    lines: plan.operations.map(describe),
    notes,
  };
}

/** Runs a change to its end, also when whoever asked has left; tells each step on a line, the result last. */
function sendLines(reply: FastifyReply, change: Change): FastifyReply {
  const lines = new Readable({ read() {} });
  const say = (value: unknown) => void (lines.destroyed || lines.push(`${JSON.stringify(value)}\n`));
  reply.request.going = change(say)
    .then((result) => {
      say({ type: 'result', ...result });
      return endOf(result);
    })
    .catch((error: unknown): End => {
      const body = bodyOf(error, reply.request.known);
      say({ error: body });
      return { outcome: 'failed', code: body.code };
    })
    .finally(() => lines.push(null));
  return reply.type('application/x-ndjson').send(lines);
}

function endOf({ rollout, place }: ChangeResult): End {
  if (rollout === null || rollout.state === 'promoted') return { outcome: 'done', code: null, place };
  return { outcome: 'failed', code: rollout.state, place };
}

function asLines(values: AsyncIterable<unknown>, { known }: FastifyRequest, abort: () => void): Readable {
  async function* lines() {
    try {
      for await (const value of values) yield `${JSON.stringify(value)}\n`;
    } catch (error) {
      if ((error as Error).name !== 'AbortError')
        yield `${JSON.stringify({ error: bodyOf(error, known) })}\n`;
    }
  }
  return Readable.from(lines()).once('close', abort);
}

function abortOnClose(reply: FastifyReply): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return { signal: controller.signal, abort: () => controller.abort() };
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

/** Within an answer that has begun. A bug's inside is for the owner alone. */
function bodyOf(error: unknown, known: Known | null): { code: string; message: string } {
  return known?.principal.kind === 'owner' ? errorBody(error) : answerTo(error)[1];
}

/** Errors in the clothes of HTTP: what people can mend is 4xx, a bug is 500 and says nothing of its inside. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const [status, body] = answerTo(error);
  request.failure = body.code;
  const { retryAfterSeconds } = body as { retryAfterSeconds?: number };
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  reply.code(status).send({ error: body });
}

function answerTo(error: unknown): [number, { code: string; message: string }] {
  if (error instanceof EscaleError) return [statusOf(error.code), errorBody(error)];
  if (error instanceof z.ZodError) return [400, { code: 'request-invalid', message: z.prettifyError(error) }];
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 500) return [status, { code: 'request-invalid', message: (error as Error).message }];
  console.error(error);
  return [500, { code: 'bug', message: 'something went wrong inside; its log says what' }];
}

const STATUS: Record<string, number> = {
  'not-signed-in': 401,
  'access-denied': 403,
  'too-many-requests': 429,
  'process-away': 503,
  'database-away': 503,
  'disk-full': 507,
};

function statusOf(code: string): number {
  return STATUS[code] ?? (code.endsWith('-unknown') ? 404 : 422);
}
