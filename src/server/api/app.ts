import { chmodSync, rmSync } from 'node:fs';
import fastify, { type FastifyRequest } from 'fastify';
import { EscaleError } from '../../core/errors/index.ts';
import { type Door, guard } from './access.ts';
import { sendError } from './answers.ts';
import { endWithRights } from './open-requests.ts';
import { type OwnerParts, ownerRoutes } from './owner-routes.ts';
import { PageDoor } from './page-door.ts';
import { pageRoutes } from './pages.ts';
import { record } from './recorder.ts';
import { type ApiParts, apiRoutes } from './routes.ts';
import { noRightsPage, signInPage } from './sign-in-pages.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { socketDoor } from './socket-door.ts';
import { type ApiApp, withZod } from './validation.ts';

/** For the CLI: everything, on a unix socket that only its owner may open. */
export function controlApp(parts: ApiParts & OwnerParts): ApiApp {
  const app = bareApp(parts, socketDoor);
  apiRoutes(app, parts);
  ownerRoutes(app, parts);
  return app;
}

/** What the pages need beside the API. */
export interface PagesParts extends ApiParts {
  /** `escale.localhost` and, with a port, `escale.localhost:8080`: what `Host` and `Origin` may say. */
  hosts: string[];
  metricsToken: string;
  /** The dashboard's built files. */
  folder: string;
}

/** For browsers and programs, through the gateway: closed but for the sign-in. */
export function pagesApp(parts: PagesParts): ApiApp {
  const { access, hosts, metricsToken } = parts;
  const door = new PageDoor({
    ...{ entrance: access.entrance, now: access.now, hosts, metricsToken },
    signInPage: (request: FastifyRequest) => signInPage(request),
    noRightsPage,
  });
  const app = bareApp(parts, door);
  app.register(signInRoutes, { access, door });
  apiRoutes(app, parts);
  pageRoutes(app, parts.folder);
  return app;
}

function bareApp({ controlPlane, access }: ApiParts, door: Door): ApiApp {
  const app = withZod(
    fastify({ forceCloseConnections: true, bodyLimit: 1 << 20, frameworkErrors: sendError }),
  );
  app.setErrorHandler(sendError);
  app.setNotFoundHandler((request) => {
    throw new EscaleError('route-unknown', `there is no ${request.method} ${request.url.split('?')[0]}`);
  });
  const { engine } = controlPlane.parts;
  // Before the guard, so that what that refuses is written down, too.
  record(app, access.audit, access.now);
  guard(app, {
    door,
    placeOfInstance: async (id) => {
      const { instances } = await engine.observe();
      return instances.find((instance) => instance.id === id) ?? null;
    },
  });
  endWithRights(app, access.accounts, access.now);
  return app;
}

/** Listens on a unix socket of mode 0600 in place of whatever stood there. */
export async function listenOn(app: ApiApp, socket: string): Promise<void> {
  rmSync(socket, { force: true });
  const before = process.umask(0o177);
  await app.listen({ path: socket }).finally(() => process.umask(before));
  chmodSync(socket, 0o600);
}
