import { availableParallelism, hostname } from 'node:os';
import { sendJson } from '../answer.ts';
import type { Context } from '../context.ts';
import type { Route } from '../router.ts';

/** What answers: its version, its surroundings, and the request as it arrived. */
export function infoRoutes({ settings }: Context): Route[] {
  const { version, commit, color, message } = settings.identity;
  const info = {
    hostname: hostname(),
    version,
    revision: commit,
    color,
    message,
    runtime: `node ${process.version}`,
    num_cpu: String(availableParallelism()),
  };
  return [
    {
      method: 'GET',
      path: '/version',
      handle: ({ response }) => sendJson(response, 200, { value: { version, commit } }),
    },
    {
      method: 'GET',
      path: '/api/info',
      handle: ({ response }) => sendJson(response, 200, { value: info }),
    },
    {
      method: 'GET',
      path: '/headers',
      handle: ({ request, response }) => sendJson(response, 200, { value: request.headers }),
    },
  ];
}
