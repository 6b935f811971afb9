import {
  type DesiredSystem,
  type InstancePlan,
  type InstanceRecord,
  planWithoutRequests,
} from '../core/contracts/index.ts';
import { resourcePlan } from './resource-plan.ts';

/** How to treat an instance that was found running: as its set says, or else as its service does. */
export function planForAdopted(record: InstanceRecord, desired: DesiredSystem[]): InstancePlan {
  if (record.role === 'resource') return resourcePlan();
  const sets = desired
    .filter((wish) => wish.system === record.system && wish.environment === record.environment)
    .flatMap((wish) => wish.sets)
    .filter((set) => set.service === record.service);
  return (sets.find((set) => set.rollout === record.rollout) ?? sets[0])?.plan ?? planForStray(record);
}

/** Of a service that nobody describes any more: it is only going to be stopped. */
function planForStray(record: InstanceRecord): InstancePlan {
  const stop = { drainMs: 30_000, websocketsMs: 30_000, graceMs: 10_000 };
  return planWithoutRequests({
    port: record.port !== null,
    start: { deadlineMs: 30_000, stableMs: 0 },
    stop,
  });
}
