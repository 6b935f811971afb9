import { z } from 'zod';
import { ENGINES } from '../../core/manifest/index.ts';
import { sendLines } from './answers.ts';
import { localPipelineRoutes } from './pipeline-routes.ts';
import { name } from './place-params.ts';
import { planView } from './plan-view.ts';
import type { ApiParts } from './routes.ts';
import type { ApiApp } from './validation.ts';

const source = z.object({
  folder: z.string(),
  environment: name,
  engine: z.enum(ENGINES).optional(),
});
const onlyIfIdle = z.object({ onlyIfIdle: z.boolean() });
const notes = ['folder', 'environment', 'engine'];

/** What the owner of the socket may end. */
export interface OwnerParts {
  /** It stays when no system is up. */
  stays: () => boolean;
  shutdown: () => void;
  /** Ends this life of it and nothing that runs. */
  retire: () => void;
}

/** Only on the socket: a folder of this host becomes a release, which means that its code runs; Escale itself. */
export function ownerRoutes(
  app: ApiApp,
  { controlPlane, access, pipelines, ...ends }: ApiParts & OwnerParts,
): void {
  app.post(
    '/api/plan',
    { config: { access: 'owner', looks: true, notes }, schema: { body: source } },
    async ({ body }) => planView(await controlPlane.plan(sourceOf(body))),
  );
  app.post(
    '/api/deploy',
    { config: { access: 'owner', notes }, schema: { body: source } },
    ({ body }, reply) => sendLines(reply, (tell) => controlPlane.deploy(sourceOf(body), tell)),
  );
  localPipelineRoutes(app, pipelines);
  app.post('/api/sign-in-tokens', { config: { access: 'owner', action: 'make sign-in link' } }, () => ({
    token: access.entrance.signInLink(),
  }));
  app.post(
    '/api/shutdown',
    { config: { access: 'owner' }, schema: { body: onlyIfIdle } },
    async ({ body }) => {
      const up = controlPlane.parts.store.deployments().filter((deployment) => deployment.up);
      if (body.onlyIfIdle && (up.length > 0 || (await pipelines.isBusy()))) return { stopping: false };
      if (body.onlyIfIdle && ends.stays()) return { stopping: false };
      setImmediate(ends.shutdown);
      return { stopping: true };
    },
  );
  app.post('/api/retire', { config: { access: 'owner' } }, () => {
    setImmediate(ends.retire);
    return {};
  });
}

function sourceOf({ folder, environment, engine }: z.output<typeof source>) {
  return { folder, environment, ...(engine && { engine }) };
}
