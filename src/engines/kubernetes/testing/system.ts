import type {
  DesiredSystem,
  InstancePlan,
  InstanceSet,
  ObservedInstance,
} from '../../../core/contracts/index.ts';
import { planWithoutRequests } from '../../../core/contracts/index.ts';
import type { ChosenRouting } from '../../../core/kubernetes/index.ts';
import { HttpCluster } from '../api/index.ts';
import { KubernetesEngine } from '../kubernetes-engine.ts';
import type { ApiServer } from './api-server.ts';

export const PLACE = { system: 'shop', environment: 'production' };
export const NAMESPACE = 'shop-production';

/** An engine over the server; `repairs`: it takes back what others have changed. */
export function engineOn(
  server: ApiServer,
  {
    repairs = false,
    now = Date.now,
    postgres = 'postgres:18' as string | null,
    storageClass = null as string | null,
    routing = { kind: 'node-port' } as ChosenRouting,
  } = {},
): KubernetesEngine {
  return new KubernetesEngine({
    cluster: new HttpCluster(() => server.access),
    options: {
      routing,
      postgres: { kind: 'stateful-set', image: postgres },
      storage: { size: '1Gi', className: storageClass },
      outbound: false,
      sleepSeconds: 1,
    },
    images: {
      place: async ({ service, plan }) => `registry.test/${service}@${plan.artifact}`,
      gateway: async () => 'registry.test/gateway@g1',
      postgres: async () => 'registry.test/postgres@made',
    },
    secrets: { value: (_, name, version) => `value of ${name} ${version}` },
    places: () => [PLACE],
    repairs: () => repairs,
    now,
  });
}

export function planOf(artifact: string, more: Partial<InstancePlan> = {}): InstancePlan {
  return {
    ...planWithoutRequests({}),
    ...{ artifact, command: ['node', 'server.js'], port: true },
    health: { ready: '/readyz', live: null, intervalMs: 1000, timeoutMs: 1000, failures: 2 },
    start: { deadlineMs: 5000, stableMs: 0 },
    ...more,
  };
}

export function setOf(rollout: number, more: Partial<InstanceSet> = {}): InstanceSet {
  const { service = 'web' } = more;
  return { service, release: rollout, rollout, count: 2, plan: planOf(`artifact-${rollout}`), ...more };
}

export function wishOf(sets: InstanceSet[], more: Partial<DesiredSystem> = {}): DesiredSystem {
  return { ...PLACE, sets, resources: [], routes: [], ...more };
}

/** `web 2 ready`, sorted. */
export function inShort(instances: ObservedInstance[]): string[] {
  return instances.map(({ service, rollout, state }) => `${service} ${rollout} ${state}`).sort();
}
