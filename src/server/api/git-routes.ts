import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { may } from '../../core/access/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { advertise, type GitService, isGitService, uploadPack } from '../../delivery/index.ts';
import type { Repositories } from '../git/repositories.ts';
import type { ApiApp } from './validation.ts';

export interface GitRoutesParts {
  repositories: Repositories;
}

const repositoryOf = z.object({ repository: z.string() });
const serviceOf = z.object({ service: z.string().optional() });
/** Whoever may look may clone; a push is for those who may deploy somewhere, and its branch decides where. */
const clones = { role: 'viewer', environment: 'any' } as const;
const pushes = { role: 'deployer', environment: 'any' } as const;

/** Any git client's `clone`, `fetch` and `push`: the smart protocol over HTTP (gitprotocol-http). */
export function gitRoutes(app: ApiApp, { repositories }: GitRoutesParts): void {
  for (const service of ['git-receive-pack', 'git-upload-pack'])
    app.addContentTypeParser(`application/x-${service}-request`, (_request, payload, done) =>
      done(null, payload),
    );

  app.get(
    '/git/:repository/info/refs',
    {
      exposeHeadRoute: false,
      config: { access: clones },
      schema: { params: repositoryOf, querystring: serviceOf },
    },
    async (request, reply) => {
      const name = nameOf(request);
      const { service } = request.query;
      // The "dumb" protocol would show files as they lie on the disk.
      if (!isGitService(service))
        throw new EscaleError('route-unknown', 'this server speaks the smart protocol only');
      const isPush = service === 'git-receive-pack';
      if (isPush && !may(request.principal, 'deployer', 'any'))
        throw new EscaleError('access-denied', `${request.principal.name} may not push`);
      const { folder } = isPush ? await repositories.make(name) : repositories.mustExist(name);
      const answer = await advertise(folder, service, header(request, 'git-protocol'));
      return noStore(reply, `application/x-${service}-advertisement`).send(answer);
    },
  );
  app.post(
    '/git/:repository/git-upload-pack',
    { config: { access: clones, looks: true }, schema: { params: repositoryOf } },
    (request, reply) => {
      const { folder } = repositories.mustExist(nameOf(request));
      const answer = uploadPack(folder, bodyOf(request), header(request, 'git-protocol'));
      return noStore(reply, typeOf('git-upload-pack')).send(answer);
    },
  );
  app.post(
    '/git/:repository/git-receive-pack',
    // It is written down with its branches, once they are read.
    { config: { access: pushes, looks: true, writesItself: true }, schema: { params: repositoryOf } },
    async (request, reply) => {
      const name = nameOf(request);
      repositories.mustExist(name);
      const { principal: by, from } = request;
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': typeOf('git-receive-pack'), 'cache-control': 'no-cache' });
      reply.raw.flushHeaders();
      try {
        await repositories.push(name, { by, from, input: bodyOf(request), output: reply.raw });
      } catch (error) {
        // Its head has been sent: the client sees that the answer ends too early.
        if (!(error instanceof EscaleError)) console.error(error);
        reply.raw.destroy();
      }
    },
  );
}

/** `tasks` or `tasks.git`. */
function nameOf(request: FastifyRequest): string {
  return (request.params as { repository: string }).repository.replace(/\.git$/, '');
}

/** Clients send what is large compressed. */
function bodyOf(request: FastifyRequest): Readable {
  const body = request.body as Readable;
  if (header(request, 'content-encoding') !== 'gzip') return body;
  const plain = createGunzip();
  body.once('error', (error) => plain.destroy(error));
  return body.pipe(plain);
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function typeOf(service: GitService): string {
  return `application/x-${service}-result`;
}

function noStore(reply: FastifyReply, type: string): FastifyReply {
  return reply.header('cache-control', 'no-cache, max-age=0, must-revalidate').type(type);
}
