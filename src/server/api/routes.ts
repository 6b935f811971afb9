import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ExecSession } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { describe } from '../../core/rollout/index.ts';
import { errorBody, untilSaid } from '../../host/index.ts';
import type { ChangeResult, ControlPlane, Progress } from '../control-plane.ts';
import type { Pipelines } from '../pipelines/index.ts';
import type { Place } from '../place.ts';
import type { PlannedChange } from '../planning.ts';
import { SCRAPED } from './access.ts';
import type { Live } from './live.ts';
import { localPipelineRoutes, pipelineRoutes } from './pipeline-routes.ts';
import { name, placeOf, SYSTEM } from './place-params.ts';
import { dataRoutes, resourceRoutes } from './resource-routes.ts';
import { secretRoutes } from './secret-routes.ts';
import type { PlanView } from './types.ts';

export interface ApiParts {
  controlPlane: ControlPlane;
  pipelines: Pipelines;
  live: Live;
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

const PROMETHEUS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** What people and pages may ask; who may ask it is decided before (`access.ts`). */
export function apiRoutes(app: FastifyInstance, { controlPlane, pipelines, live, metrics }: ApiParts): void {
  const { engine } = controlPlane.parts;
  const changes = changeRoutes(controlPlane);

  app.get('/metrics', SCRAPED, async (_request, reply) => reply.type(PROMETHEUS_TEXT).send(await metrics()));
  app.get('/api/overview', () => live.overview());
  app.get('/api/stream', (request, reply) => sendEvents(request, reply, live));

  app.get('/api/events', (_request, reply) => sendEventLines(reply, live));

  for (const [path, change] of Object.entries(changes))
    app.post(`${SYSTEM}/${path}`, (request, reply) => {
      const place = placeOf.parse(request.params);
      return sendLines(reply, change(place, request.body ?? {}));
    });
  app.post(`${SYSTEM}/down`, async (request) => {
    await controlPlane.down(placeOf.parse(request.params));
    return {};
  });
  app.post(`${SYSTEM}/logs`, (request, reply) => {
    const query = { ...placeOf.parse(request.params), ...logQuery.parse(request.body ?? {}) };
    controlPlane.deployments.mustExist(query);
    const { signal, abort } = abortOnClose(reply);
    return reply.type('application/x-ndjson').send(asLines(engine.logs(query, signal), abort));
  });
  app.post('/api/instances/:instance/kill', async (request) => {
    await engine.kill(z.object({ instance: z.string() }).parse(request.params).instance);
    return {};
  });
  resourceRoutes(app, controlPlane);
  pipelineRoutes(app, pipelines);
}

/** Only for the CLI: a folder of this host becomes a release, which means that its code runs. */
export function deliverRoutes(app: FastifyInstance, { controlPlane, pipelines }: ApiParts): void {
  app.post('/api/plan', async (request) =>
    planView(await controlPlane.plan(deploySource.parse(request.body))),
  );
  app.post('/api/deploy', (request, reply) => {
    const source = deploySource.parse(request.body);
    return sendLines(reply, (tell) => controlPlane.deploy(source, tell));
  });
  dataRoutes(app, controlPlane);
  secretRoutes(app, controlPlane);
  localPipelineRoutes(app, pipelines);
}

const execQuery = z.object({ instance: z.string(), command: z.string() });

/** Only for the CLI: a command beside an instance. The request's body is its input, the answer its output. */
export function execRoute(app: FastifyInstance, { controlPlane }: ApiParts): void {
  app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null));
  app.post('/api/exec', async (request, reply) => {
    const { instance, command } = execQuery.parse(request.query);
    const words = z.array(z.string()).min(1).parse(JSON.parse(command));
    const session = await controlPlane.parts.engine.exec({ instance, command: words });
    request.raw.on('data', (chunk: Buffer) => session.write(chunk));
    request.raw.once('end', () => session.end());
    const lines = Readable.from(encodeOutput(session, request.raw)).once('close', () => session.close());
    return reply.type('application/x-ndjson').send(lines);
  });
}

async function* encodeOutput(session: ExecSession, request: IncomingMessage) {
  try {
    for await (const item of session.output)
      yield `${JSON.stringify('exit' in item ? item : { ...item, chunk: Buffer.from(item.chunk).toString('base64') })}\n`;
  } catch (error) {
    yield `${JSON.stringify({ error: errorBody(error) })}\n`;
  }
  await untilSaid(request);
}

type Change = (tell: (progress: Progress) => void) => Promise<ChangeResult>;

/** Changes that answer with their progress, one JSON object a line. */
function changeRoutes(controlPlane: ControlPlane): Record<string, (place: Place, body: unknown) => Change> {
  const to = z.object({ to: z.number().int().positive().nullish() });
  const services = z.object({ services: z.array(z.string()).default([]) });
  const numbers = z.object({ numbers: z.record(z.string(), z.number()) });
  return {
    rollback: (place, body) => (tell) => controlPlane.rollback(place, to.parse(body).to ?? null, tell),
    restart: (place, body) => (tell) => controlPlane.restart(place, services.parse(body).services, tell),
    scale: (place, body) => (tell) => controlPlane.scale(place, numbers.parse(body).numbers, tell),
  };
}

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
  change(say)
    .then((result) => say({ type: 'result', ...result }))
    .catch((error: unknown) => say({ error: errorBody(error) }))
    .finally(() => lines.push(null));
  return reply.type('application/x-ndjson').send(lines);
}

function asLines(values: AsyncIterable<unknown>, abort: () => void): Readable {
  async function* lines() {
    try {
      for await (const value of values) yield `${JSON.stringify(value)}\n`;
    } catch (error) {
      if ((error as Error).name !== 'AbortError') yield `${JSON.stringify({ error: errorBody(error) })}\n`;
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
function sendEvents(_request: FastifyRequest, reply: FastifyReply, live: Live): FastifyReply {
  const stream = new Readable({ read() {} });
  const say = (event: string, data: unknown) =>
    void stream.push(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const stop = live.listen(say);
  reply.raw.once('close', () => {
    stop();
    stream.destroy();
  });
  return reply.header('cache-control', 'no-store').type('text/event-stream').send(stream);
}

/** One event a line, as they happen. */
function sendEventLines(reply: FastifyReply, live: Live): FastifyReply {
  const stream = new Readable({ read() {} });
  const stop = live.listen((event, data) => {
    if (event === 'event') stream.push(`${JSON.stringify(data)}\n`);
  });
  reply.raw.once('close', () => {
    stop();
    stream.destroy();
  });
  stream.push('\n');
  return reply.type('application/x-ndjson').send(stream);
}

/** Errors in the clothes of HTTP: what people can mend is 4xx, a bug is 500 and says nothing of its inside. */
export function sendError(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof EscaleError)
    return void reply.code(statusOf(error.code)).send({ error: errorBody(error) });
  if (error instanceof z.ZodError)
    return void reply.code(400).send({ error: { code: 'request-invalid', message: z.prettifyError(error) } });
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 500)
    return void reply
      .code(status)
      .send({ error: { code: 'request-invalid', message: (error as Error).message } });
  console.error(error);
  reply.code(500).send({ error: { code: 'bug', message: 'something went wrong inside; its log says what' } });
}

function statusOf(code: string): number {
  if (code.endsWith('-unknown')) return 404;
  if (code === 'process-away' || code === 'database-away') return 503;
  if (code === 'disk-full') return 507;
  return 422;
}
