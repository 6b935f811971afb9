import { createReadStream } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { may, type Principal } from '../../core/access/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import type { Pipelines, StoredPipelineRun } from '../pipelines/index.ts';
import { abortOnClose, asLines } from './answers.ts';
import { readsFrench } from './language.ts';
import { pipelineView, runSummary } from './pipeline-views.ts';
import { name } from './place-params.ts';
import { seesRun } from './seen.ts';
import type { ApiApp } from './validation.ts';

const RUN = '/api/pipelines/:run';
const params = z.object({ run: z.coerce.number().int().positive() });
const which = z.object({
  system: name.optional(),
  most: z.coerce.number().int().min(1).max(200).default(20),
});

const language = z.object({ lang: z.enum(['en', 'fr']).optional() });
const artifact = z.object({ path: z.string() });

/** What others wrote runs nothing here, and sees nothing of whoever looks at it. */
const SANDBOXED = {
  'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  'x-content-type-options': 'nosniff',
};

const somewhere = { role: 'viewer', environment: 'any' } as const;
const someDeployer = { role: 'deployer', environment: 'any' } as const;

/** What people and pages may see and do of pipeline runs. */
export function pipelineRoutes(app: ApiApp, pipelines: Pipelines): void {
  const looked = (id: number, principal: Principal) => {
    const run = pipelines.run(id);
    if (seesRun(principal, run)) return run;
    throw new EscaleError('pipeline-unknown', `there is no pipeline run ${id}`);
  };
  app.get(
    '/api/pipelines',
    { config: { access: somewhere, about: 'Pipeline runs, newest first' }, schema: { querystring: which } },
    ({ query: { system, most }, principal }) =>
      pipelines
        .runs({ most, ...(system === undefined ? {} : { system }) })
        .filter((run) => seesRun(principal, run))
        .map(runSummary),
  );
  app.get(
    RUN,
    { config: { access: somewhere, about: 'A pipeline run with its steps' }, schema: { params } },
    (request) => pipelineView(pipelines, looked(request.params.run, request.principal).id),
  );
  app.get(
    `${RUN}/log`,
    {
      config: { access: somewhere, answers: 'lines', about: 'What a run says, to its end' },
      schema: { params },
    },
    (request, reply) => {
      const { id } = looked(request.params.run, request.principal);
      const { signal, abort } = abortOnClose(reply);
      return reply.type('application/x-ndjson').send(asLines(pipelines.follow(id, signal), request, abort));
    },
  );
  app.get(
    `${RUN}/report`,
    {
      config: { access: somewhere, answers: 'text', about: 'The report of a run, as a page' },
      schema: { params, querystring: language },
    },
    (request, reply) => {
      const { id } = looked(request.params.run, request.principal);
      const lang = request.query.lang ?? (readsFrench(request) ? 'fr' : 'en');
      return reply.headers(SANDBOXED).type('text/html; charset=utf-8').send(pipelines.report(id, lang));
    },
  );
  app.get(
    `${RUN}/artifact`,
    {
      config: { access: somewhere, answers: 'text', about: 'A file that a run left behind' },
      schema: { params, querystring: artifact },
    },
    (request, reply) => {
      const { id } = looked(request.params.run, request.principal);
      const { path: wanted } = request.query;
      const file = pipelines.artifact(id, wanted);
      const saved = path.posix.basename(wanted).replaceAll(/[^\w.-]/g, '_');
      // As it is, to be saved: never shown as a page of ours.
      const headers = { ...SANDBOXED, 'content-disposition': `attachment; filename="${saved}"` };
      return reply.headers(headers).type('application/octet-stream').send(createReadStream(file));
    },
  );
  app.post(
    `${RUN}/cancel`,
    { config: { access: someDeployer, about: 'End a run that waits or goes on' }, schema: { params } },
    (request) => {
      const { id } = mayChange(request.principal, looked(request.params.run, request.principal));
      pipelines.cancel(id, `${request.principal.name} cancelled it`);
      return {};
    },
  );
  app.post(
    `${RUN}/retry`,
    { config: { access: someDeployer, about: 'Run the same once more' }, schema: { params } },
    (request) => {
      const { id } = mayChange(request.principal, looked(request.params.run, request.principal));
      return runSummary(pipelines.retry(id, request.principal.name));
    },
  );
}

const local = z.object({
  folder: z.string(),
  step: z.string().nullable(),
  fresh: z.boolean(),
  by: z.string().max(200),
});

/** Only on the socket: the files of a folder of this host, as they are. */
export function localPipelineRoutes(app: ApiApp, pipelines: Pipelines): void {
  app.post(
    '/api/pipelines',
    { config: { access: 'owner', notes: ['folder', 'step'] }, schema: { body: local } },
    async ({ body: { folder, step, fresh, by } }) =>
      runSummary(await pipelines.beginHere({ folder, onlyStep: step, fresh, by })),
  );
}

function mayChange(principal: Principal, run: StoredPipelineRun): StoredPipelineRun {
  const other = run.environments.find((environment) => !may(principal, 'deployer', { environment }));
  if (other === undefined) return run;
  throw new EscaleError('access-denied', `${principal.name} is no deployer in ${other}`);
}
