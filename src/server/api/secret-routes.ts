import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { ControlPlane } from '../control-plane.ts';
import { name } from './place-params.ts';

const SECRETS = '/api/environments/:environment/secrets';
const environment = z.object({ environment: name });
const which = z.object({ system: name.nullable(), name: z.string() });

/** Only for the CLI. Write-only: no answer holds a value. */
export function secretRoutes(app: FastifyInstance, { secrets }: ControlPlane): void {
  app.get(SECRETS, (request) => secrets.list(environment.parse(request.params).environment));
  app.get('/api/secret-recipient', async () => ({ recipient: await secrets.recipient() }));
  app.post(SECRETS, (request) => {
    const { value, ...at } = which.extend({ value: z.string() }).parse(request.body);
    return secrets.set({ ...at, ...environment.parse(request.params) }, value);
  });
  app.post(`${SECRETS}/remove`, (request) => {
    secrets.remove({ ...which.parse(request.body), ...environment.parse(request.params) });
    return {};
  });
}
