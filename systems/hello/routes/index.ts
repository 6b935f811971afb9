import type { Context } from '../context.ts';
import type { Route } from '../router.ts';
import { echoRoutes } from './echo.ts';
import { faultRoutes } from './faults.ts';
import { healthRoutes } from './health.ts';
import { homeRoutes } from './home.ts';
import { infoRoutes } from './info.ts';
import { metricsRoutes } from './metrics.ts';
import { slowRoutes } from './slow.ts';
import { statusRoutes } from './status.ts';

/** Every route of the service. */
export function allRoutes(context: Context): Route[] {
  return [
    ...homeRoutes(context),
    ...infoRoutes(context),
    ...healthRoutes(context),
    ...faultRoutes(context),
    ...metricsRoutes(context),
    ...statusRoutes(),
    ...slowRoutes(),
    ...echoRoutes(),
  ];
}
