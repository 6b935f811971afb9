import { send } from '../answer.ts';
import type { Context } from '../context.ts';
import { metricsType } from '../metrics.ts';
import type { Route } from '../router.ts';

/** The whole instance's metrics, for Prometheus. */
export function metricsRoutes({ metricsText }: Context): Route[] {
  return [
    {
      method: 'GET',
      path: '/metrics',
      handle: async ({ response }) => send(response, 200, { type: metricsType, body: await metricsText() }),
    },
  ];
}
