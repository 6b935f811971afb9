import { z } from 'zod';
import type { ControlPlane } from '../control-plane.ts';
import { deployer } from './access.ts';
import { name } from './place-params.ts';
import type { ApiApp } from './validation.ts';

const SECRETS = '/api/environments/:environment/secrets';
const params = z.object({ environment: name });
const which = z.object({ system: name.nullable(), name: z.string() });

/** Write-only: no answer holds a value. */
export function secretRoutes(app: ApiApp, { secrets }: ControlPlane): void {
  const config = { access: deployer, notes: ['system', 'name'] };
  app.get(
    SECRETS,
    { config: { ...config, about: 'Secrets that are set, without their values' }, schema: { params } },
    (request) => secrets.list(request.params.environment),
  );
  app.get(
    '/api/secret-recipient',
    {
      config: {
        access: { role: 'viewer', environment: 'any' },
        about: 'Whom files of secrets in git are encrypted for',
      },
    },
    async () => ({ recipient: await secrets.recipient() }),
  );
  app.post(
    SECRETS,
    {
      config: { ...config, action: 'secrets set', about: 'Set a secret' },
      schema: { params, body: which.extend({ value: z.string() }) },
    },
    (request) => {
      const { value, ...at } = request.body;
      return secrets.set({ ...at, ...request.params }, value);
    },
  );
  app.post(
    `${SECRETS}/remove`,
    { config: { ...config, about: 'Remove a secret' }, schema: { params, body: which } },
    (request) => {
      secrets.remove({ ...request.body, ...request.params });
      return {};
    },
  );
}
