import { sendJson } from '../answer.ts';
import type { Context } from '../context.ts';
import type { Route } from '../router.ts';

/** Faults on request: the switch that makes the service answer 500 (only where the settings allow it), and the panic. */
export function faultRoutes({ settings, flags, exit }: Context): Route[] {
  const panic: Route = { method: 'GET', path: '/panic', handle: () => exit(255) };
  if (!settings.faults) return [panic];
  const change = (path: string, enabled: boolean): Route => ({
    method: 'POST',
    path,
    handle: ({ response }) => {
      flags.faults = enabled;
      sendJson(response, 202, { value: { enabled } });
    },
  });
  return [
    panic,
    change('/fault_injection/enable', true),
    change('/fault_injection/disable', false),
    {
      method: 'GET',
      path: '/fault_injection/status',
      handle: ({ response }) => sendJson(response, 200, { value: { enabled: flags.faults } }),
    },
  ];
}

/** Whether a path (a route's pattern) goes on working while faults are on: probes, metrics, the switch itself. */
export function isSparedFromFaults(path: string): boolean {
  return /^\/(healthz|livez|metrics|(readyz|fault_injection)(\/.*)?)$/.test(path);
}
