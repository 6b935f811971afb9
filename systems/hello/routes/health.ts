import type { ServerResponse } from 'node:http';
import { sendJson } from '../answer.ts';
import type { Context } from '../context.ts';
import type { Route } from '../router.ts';

/** Probes: alive at all, healthy (every worker runs), ready for traffic. */
export function healthRoutes({ flags }: Context): Route[] {
  const probe = (path: string, reasonAgainst: () => string | null): Route => ({
    method: 'GET',
    path,
    handle: ({ response }) => sendProbe(response, reasonAgainst()),
  });
  const readiness = (path: string, ready: boolean): Route => ({
    method: 'POST',
    path,
    handle: ({ response }) => {
      flags.ready = ready;
      sendJson(response, 202, { value: { ready } });
    },
  });
  return [
    probe('/livez', () => null),
    probe('/healthz', () => (flags.missingWorkers > 0 ? 'a worker is missing' : null)),
    probe('/readyz', () => (flags.draining ? 'stopping' : flags.ready ? null : 'disabled')),
    readiness('/readyz/enable', true),
    readiness('/readyz/disable', false),
  ];
}

function sendProbe(response: ServerResponse, reason: string | null): void {
  if (reason === null) sendJson(response, 200, { value: { status: 'OK' } });
  else sendJson(response, 503, { value: { status: 'unavailable', reason } });
}
