import type { ResolvedService } from '../manifest/index.ts';
import { wholeSeconds } from './quantity.ts';

/** How the cluster asks an instance how it is: in whole seconds, at least one. */
export function probesOf({ health, start }: ResolvedService): object {
  const timeoutSeconds = Math.max(1, wholeSeconds(health.timeoutMs));
  const often = {
    periodSeconds: Math.max(1, Math.round(health.intervalMs / 1000)),
    timeoutSeconds,
    failureThreshold: health.failures,
  };
  const ready = health.ready === null ? { tcpSocket: { port: 'http' } } : getOf(health.ready);
  return {
    // One that is not ready within the deadline has failed: it is started again.
    startupProbe: {
      ...ready,
      periodSeconds: 1,
      timeoutSeconds,
      failureThreshold: Math.max(1, wholeSeconds(start.deadlineMs)),
    },
    readinessProbe: { ...ready, ...often },
    ...(health.live !== null && { livenessProbe: { ...getOf(health.live), ...often } }),
  };
}

function getOf(path: string): object {
  return { httpGet: { path, port: 'http' } };
}

/** For how long an instance must have been ready before it counts, seconds: where no path says that it is. */
export function minReadySecondsOf({ health, start }: Pick<ResolvedService, 'health' | 'start'>): number {
  return health.ready === null ? wholeSeconds(start.stableMs) : 0;
}
