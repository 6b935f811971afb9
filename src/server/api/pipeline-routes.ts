import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { errorBody } from '../../host/index.ts';
import type { Pipelines } from '../pipelines/index.ts';
import { pipelineView, runSummary } from './pipeline-views.ts';
import { name } from './place-params.ts';

const RUN = '/api/pipelines/:run';
const runOf = z.object({ run: z.coerce.number().int().positive() });
const which = z.object({
  system: name.optional(),
  most: z.coerce.number().int().min(1).max(200).default(20),
});

/** What people and pages may see and do of pipeline runs. */
export function pipelineRoutes(app: FastifyInstance, pipelines: Pipelines): void {
  app.get('/api/pipelines', (request) => {
    const { system, most } = which.parse(request.query);
    return pipelines.runs({ most, ...(system === undefined ? {} : { system }) }).map(runSummary);
  });
  app.get(RUN, (request) => pipelineView(pipelines, runOf.parse(request.params).run));
  app.get(`${RUN}/log`, (request, reply) => {
    const controller = new AbortController();
    reply.raw.once('close', () => controller.abort());
    return sendLines(reply, pipelines.follow(runOf.parse(request.params).run, controller.signal));
  });
  app.get(`${RUN}/report`, (request, reply) => {
    const page = pipelines.report(runOf.parse(request.params).run, languageOf(request));
    return reply.headers(SANDBOXED).type('text/html; charset=utf-8').send(page);
  });
  app.get(`${RUN}/artifacts/*`, (request, reply) => sendArtifact(request, reply, pipelines));
  app.post(`${RUN}/cancel`, (request) => {
    pipelines.cancel(runOf.parse(request.params).run, 'it was cancelled');
    return {};
  });
  app.post(`${RUN}/retry`, (request) =>
    runSummary(pipelines.retry(runOf.parse(request.params).run, 'a person')),
  );
}

/** What others wrote runs nothing here, and sees nothing of whoever looks at it. */
const SANDBOXED = {
  'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  'x-content-type-options': 'nosniff',
};

function languageOf(request: FastifyRequest): 'en' | 'fr' {
  const { lang } = z.object({ lang: z.enum(['en', 'fr']).optional() }).parse(request.query);
  return lang ?? (/^fr\b/i.test(request.headers['accept-language'] ?? '') ? 'fr' : 'en');
}

/** As it is, to be saved: never shown as a page of ours. */
async function sendArtifact(request: FastifyRequest, reply: FastifyReply, pipelines: Pipelines) {
  const { run } = runOf.parse(request.params);
  const { '*': wanted } = z.object({ '*': z.string() }).parse(request.params);
  const file = pipelines.artifact(run, wanted);
  const name = wanted
    .split('/')
    .at(-1)!
    .replaceAll(/[^\w.-]/g, '_');
  const headers = { ...SANDBOXED, 'content-disposition': `attachment; filename="${name}"` };
  return reply.headers(headers).type('application/octet-stream').send(createReadStream(file));
}

const local = z.object({
  folder: z.string(),
  step: z.string().nullable(),
  fresh: z.boolean(),
  by: z.string().max(200),
});

/** Only for the CLI: the files of a folder of this host, as they are. */
export function localPipelineRoutes(app: FastifyInstance, pipelines: Pipelines): void {
  app.post('/api/pipelines', async (request) => {
    const { folder, step, fresh, by } = local.parse(request.body);
    return runSummary(await pipelines.beginHere({ folder, onlyStep: step, fresh, by }));
  });
}

function sendLines(reply: FastifyReply, lines: AsyncIterable<unknown>): FastifyReply {
  async function* texts() {
    try {
      for await (const line of lines) yield `${JSON.stringify(line)}\n`;
    } catch (error) {
      yield `${JSON.stringify({ error: errorBody(error) })}\n`;
    }
  }
  return reply.type('application/x-ndjson').send(Readable.from(texts()));
}
