import {
  type DesiredResource,
  type DesiredSystem,
  type InstancePlan,
  type InstanceSet,
  planWithoutRequests,
} from '../core/contracts/index.ts';

/** What the supervisor keeps of a system: its sets, and one of one instance for each resource that runs here. */
export interface KeptSet extends InstanceSet {
  role: 'service' | 'resource';
}

export function keptSets(wish: DesiredSystem): KeptSet[] {
  const here = wish.resources.filter(({ external }) => external === null);
  return [...here.map(resourceSet), ...wish.sets.map((set) => ({ ...set, role: 'service' as const }))];
}

function resourceSet({ name }: DesiredResource): KeptSet {
  return { role: 'resource', service: name, release: 0, rollout: 0, count: 1, plan: resourcePlan() };
}

/** How the one instance of a resource is treated (never two on one folder); how it is started its kind says. */
export function resourcePlan(): InstancePlan {
  return planWithoutRequests({ volume: true, stop: { drainMs: 0, websocketsMs: 0, graceMs: 60_000 } });
}
