import type {
  InstancePlan,
  InstanceReadiness,
  InstanceRecord,
  InstanceState,
} from '../core/contracts/index.ts';

/** What the supervisor knows of one instance. Its life: starting → routed (→ draining) → stopping → gone. */
export interface Instance {
  record: InstanceRecord;
  plan: InstancePlan;
  phase: 'starting' | 'routed' | 'draining' | 'stopping';
  readiness: InstanceReadiness;
  /** Why it is not ready; empty when it is. */
  reason: string;
  /** ms since 1970; null: never was. */
  readySince: number | null;
  everReady: boolean;
  memoryBytes: number | null;
  /** CPU time at the last sample, ms, and when that was. */
  cpuSample: { cpuMs: number; at: number } | null;
  cpu: number | null;
  liveFailures: number;
}

export function newInstance(record: InstanceRecord, plan: InstancePlan): Instance {
  return {
    record,
    plan,
    phase: 'starting',
    readiness: 'unproven',
    reason: 'starting',
    readySince: null,
    everReady: false,
    memoryBytes: null,
    cpuSample: null,
    cpu: null,
    liveFailures: 0,
  };
}

export function isLeaving(instance: Instance): boolean {
  return instance.phase === 'draining' || instance.phase === 'stopping';
}

/** The state people see. */
export function stateOf(instance: Instance): InstanceState {
  if (instance.phase === 'draining' || instance.phase === 'stopping') return instance.phase;
  if (instance.readiness === 'ready') return 'ready';
  return instance.everReady ? 'unready' : 'starting';
}

/** Whose output it is, for the log. */
export function sourceOf({ record }: Instance) {
  const { system, environment, service, id, release } = record;
  return { system, environment, service, instance: id, release };
}
