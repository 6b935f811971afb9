import type { DesiredResource, DesiredSystem, InstancePlan, InstanceSet } from '../core/contracts/index.ts';

/** What the supervisor keeps of a system: its sets, and one of one instance for each resource that runs here. */
export interface KeptSet extends InstanceSet {
  role: 'service' | 'resource';
}

export function keptSets(wish: DesiredSystem): KeptSet[] {
  const here = wish.resources.filter(({ external }) => external === null);
  return [...here.map(resourceSet), ...wish.sets.map((set) => ({ ...set, role: 'service' as const }))];
}

function resourceSet({ name }: DesiredResource): KeptSet {
  return {
    role: 'resource',
    service: name,
    release: 0,
    rollout: 0,
    count: 1,
    plan: structuredClone(RESOURCE_PLAN),
  };
}

/** How the supervisor treats the one instance of a resource; how it is started is for its kind to say. */
export const RESOURCE_PLAN: InstancePlan = {
  artifact: '/',
  command: [],
  env: {},
  port: false,
  health: { ready: null, live: null, intervalMs: 2000, timeoutMs: 2000, failures: 3 },
  start: { deadlineMs: 0, stableMs: 0 },
  stop: { drainMs: 0, websocketsMs: 0, graceMs: 60_000 },
  hold: { timeoutMs: 30_000, max: 1000 },
  responseTimeoutMs: 60_000,
  limits: { memoryBytes: null, cpu: null, processes: null, diskBytes: null },
  // One instance, never two on one folder.
  volume: true,
  uses: {},
  resources: [],
};
