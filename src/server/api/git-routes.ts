import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { EscaleError } from '../../core/errors/index.ts';
import { advertise, type GitService, isGitService, uploadPack } from '../../delivery/index.ts';
import type { Repositories } from '../git/repositories.ts';

export interface GitRoutesParts {
  repositories: Repositories;
  /** Who asks, by name; decided before, at the one choke point. */
  by: (request: FastifyRequest) => string;
}

type RepositoryRequest = FastifyRequest<{ Params: { repository: string } }>;

/** Any git client's `clone`, `fetch` and `push`: the smart protocol over HTTP (gitprotocol-http). */
export function gitRoutes(app: FastifyInstance, parts: GitRoutesParts): void {
  const { repositories } = parts;
  for (const service of ['git-receive-pack', 'git-upload-pack'])
    app.addContentTypeParser(`application/x-${service}-request`, (_request, payload, done) =>
      done(null, payload),
    );

  app.get<{ Params: { repository: string }; Querystring: { service?: string } }>(
    '/git/:repository/info/refs',
    { exposeHeadRoute: false },
    async (request, reply) => {
      const name = nameOf(request);
      const { service } = request.query;
      // The "dumb" protocol would show files as they lie on the disk.
      if (!isGitService(service))
        throw new EscaleError('route-unknown', 'this server speaks the smart protocol only');
      const { folder } =
        service === 'git-receive-pack' ? await repositories.make(name) : repositories.mustExist(name);
      const answer = await advertise(folder, service, header(request, 'git-protocol'));
      return noStore(reply, `application/x-${service}-advertisement`).send(answer);
    },
  );
  app.post('/git/:repository/git-upload-pack', (request: RepositoryRequest, reply) => {
    const { folder } = repositories.mustExist(nameOf(request));
    const answer = uploadPack(folder, bodyOf(request), header(request, 'git-protocol'));
    return noStore(reply, typeOf('git-upload-pack')).send(answer);
  });
  app.post('/git/:repository/git-receive-pack', async (request: RepositoryRequest, reply) => {
    const name = nameOf(request);
    repositories.mustExist(name);
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': typeOf('git-receive-pack'), 'cache-control': 'no-cache' });
    reply.raw.flushHeaders();
    try {
      await repositories.push(name, { by: parts.by(request), input: bodyOf(request), output: reply.raw });
    } catch (error) {
      // Its head has been sent: the client sees that the answer ends too early.
      if (!(error instanceof EscaleError)) console.error(error);
      reply.raw.destroy();
    }
  });
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
