import { chmodSync, rmSync } from 'node:fs';
import fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import { EscaleError } from '../../core/errors/index.ts';
import { type AccessParts, guard, makeSignInToken } from './access.ts';
import { pageRoutes } from './pages.ts';
import { type ApiParts, apiRoutes, deliverRoutes, execRoute, sendError } from './routes.ts';

/** For the CLI: everything, on a unix socket that only its owner may open. */
export function controlApp(
  parts: ApiParts & { shutdown: () => void; pid: number; version: string },
): FastifyInstance {
  const app = bareApp();
  apiRoutes(app, parts);
  deliverRoutes(app, parts);
  execRoute(app, parts);
  const { store } = parts.controlPlane.parts;
  app.get('/api/hello', () => ({ pid: parts.pid, version: parts.version }));
  app.post('/api/sign-in-tokens', () => ({ token: makeSignInToken(store, Date.now()) }));
  app.post('/api/shutdown', async (request) => {
    const { onlyIfIdle } = z.object({ onlyIfIdle: z.boolean() }).parse(request.body);
    const up = store.deployments().filter((deployment) => deployment.up);
    if (onlyIfIdle && (up.length > 0 || (await parts.pipelines.isBusy()))) return { stopping: false };
    setImmediate(parts.shutdown);
    return { stopping: true };
  });
  return app;
}

/** For browsers, through the gateway: closed but for the sign-in. */
export function pagesApp(parts: ApiParts & { access: AccessParts; folder: string }): FastifyInstance {
  const app = bareApp();
  guard(app, parts.access);
  apiRoutes(app, parts);
  pageRoutes(app, parts.folder);
  return app;
}

function bareApp(): FastifyInstance {
  const app = fastify({ forceCloseConnections: true, bodyLimit: 1 << 20 });
  app.setErrorHandler(sendError);
  app.setNotFoundHandler((request) => {
    throw new EscaleError('route-unknown', `there is no ${request.method} ${request.url.split('?')[0]}`);
  });
  return app;
}

/** Listens on a unix socket of mode 0600 in place of whatever stood there. */
export async function listenOn(app: FastifyInstance, socket: string): Promise<void> {
  rmSync(socket, { force: true });
  const before = process.umask(0o177);
  await app.listen({ path: socket }).finally(() => process.umask(before));
  chmodSync(socket, 0o600);
}
