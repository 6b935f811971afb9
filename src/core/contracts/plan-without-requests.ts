import type { InstancePlan } from './engine.ts';

/** The plan of something that takes no requests: what is said of those means nothing to it. A new one at each call. */
export function planWithoutRequests(more: Partial<InstancePlan> = {}): InstancePlan {
  return {
    artifact: '/',
    command: [],
    env: {},
    port: false,
    health: { ready: null, live: null, intervalMs: 2000, timeoutMs: 2000, failures: 3 },
    start: { deadlineMs: 0, stableMs: 0 },
    stop: { drainMs: 0, websocketsMs: 0, graceMs: 10_000 },
    hold: { timeoutMs: 0, max: 0 },
    responseTimeoutMs: 60_000,
    limits: { memoryBytes: null, cpu: null, processes: null, diskBytes: null },
    volume: false,
    uses: {},
    resources: [],
    ...more,
  };
}
