import type { DesiredSystem, InstancePlan, InstanceRecord } from '../core/contracts/index.ts';
import { RESOURCE_PLAN } from './resource-plan.ts';

/** How to treat an instance that was found running: as its set says, or else as its service does. */
export function planForAdopted(record: InstanceRecord, desired: DesiredSystem[]): InstancePlan {
  if (record.role === 'resource') return structuredClone(RESOURCE_PLAN);
  const sets = desired
    .filter((wish) => wish.system === record.system && wish.environment === record.environment)
    .flatMap((wish) => wish.sets)
    .filter((set) => set.service === record.service);
  return (sets.find((set) => set.rollout === record.rollout) ?? sets[0])?.plan ?? planForStray(record);
}

/** Of a service that nobody describes any more: it is only going to be stopped. */
function planForStray(record: InstanceRecord): InstancePlan {
  return {
    artifact: '/',
    command: [],
    env: {},
    port: record.port !== null,
    health: { ready: null, live: null, intervalMs: 2000, timeoutMs: 2000, failures: 3 },
    start: { deadlineMs: 30_000, stableMs: 0 },
    stop: { drainMs: 30_000, websocketsMs: 30_000, graceMs: 10_000 },
    hold: { timeoutMs: 30_000, max: 1000 },
    responseTimeoutMs: 60_000,
    limits: { memoryBytes: null, cpu: null, processes: null, diskBytes: null },
    volume: false,
    uses: {},
    resources: [],
  };
}
