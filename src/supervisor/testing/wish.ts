import type { DesiredSystem, InstancePlan, InstanceRecord, InstanceSet } from '../../core/contracts/index.ts';
import { type Instance, newInstance } from '../instance.ts';

/** A plan with plain numbers, so that whole tables can be read in a test. */
export function planOf(more: Partial<InstancePlan> = {}): InstancePlan {
  return {
    artifact: '/artifacts/web',
    command: ['node', 'server.ts'],
    env: {},
    port: true,
    health: { ready: '/readyz', live: null, intervalMs: 1000, timeoutMs: 500, failures: 2 },
    start: { deadlineMs: 9000, stableMs: 700 },
    stop: { drainMs: 4000, websocketsMs: 3000, graceMs: 2000 },
    hold: { timeoutMs: 6000, max: 50 },
    responseTimeoutMs: 5000,
    limits: { memoryBytes: null, cpu: null, processes: null, diskBytes: null },
    volume: false,
    uses: {},
    resources: [],
    ...more,
  };
}

/** Three instances of `web` of release 1, made by rollout 1, unless said otherwise. */
export function setOf(more: Partial<InstanceSet> = {}): InstanceSet {
  return { service: 'web', release: 1, rollout: 1, count: 3, plan: planOf(), ...more };
}

export function wishOf(sets: InstanceSet[], more: Partial<DesiredSystem> = {}): DesiredSystem {
  return { system: 'shop', environment: 'local', sets, resources: [], routes: [], ...more };
}

/** A routed, ready instance of `shop/web`. */
export function instanceOf(record: Partial<InstanceRecord>, more: Partial<Instance> = {}): Instance {
  const whole: InstanceRecord = {
    id: 'shop-web-a',
    system: 'shop',
    environment: 'local',
    service: 'web',
    role: 'service',
    run: null,
    release: 1,
    rollout: 1,
    port: 20_001,
    startedAt: 1000,
    pid: 4711,
    ...record,
  };
  const ready = {
    phase: 'routed',
    readiness: 'ready',
    reason: '',
    everReady: true,
    readySince: 1500,
  } as const;
  return { ...newInstance(whole, planOf()), ...ready, ...more };
}
