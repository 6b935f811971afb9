import type {
  DesiredSystem,
  Observation,
  ObservedInstance,
  ObservedResource,
  ObservedRun,
  ObservedService,
  ObservedSet,
  ServiceTraffic,
} from '../core/contracts/index.ts';
import type { Backoff } from './backoff.ts';
import { setKey } from './decide.ts';
import type { Failure } from './failures.ts';
import { type Instance, stateOf } from './instance.ts';
import { HOST, keyOf } from './table.ts';

export interface ObserveInput {
  desired: DesiredSystem[];
  instances: Instance[];
  resources: ObservedResource[];
  runs: ObservedRun[];
  /** What a set waits for before it is started, for people; null: nothing. */
  waitsFor: (wish: DesiredSystem, set: DesiredSystem['sets'][number]) => string | null;
  backoff: Map<string, Backoff>;
  failures: Map<string, Failure>;
  pauses: Map<string, number>;
  internalPorts: Record<string, number>;
  requests: Map<string, number>;
  traffic: ServiceTraffic[];
  capabilities: Record<string, string>;
  gateway: Observation['gateway'];
  now: number;
}

/** What the control plane sees of this host. */
export function observe(input: ObserveInput): Observation {
  return {
    instances: input.instances.map((instance) => observedInstance(instance, input)),
    resources: input.resources,
    runs: input.runs,
    sets: input.desired.flatMap((wish) => wish.sets.map((set) => observedSet(wish, set, input))),
    services: observedServices(input),
    capabilities: input.capabilities,
    gateway: input.gateway,
  };
}

function observedInstance(instance: Instance, input: ObserveInput): ObservedInstance {
  const { run: _, ...record } = instance.record;
  return {
    ...record,
    state: stateOf(instance),
    reason: instance.reason,
    memoryBytes: instance.memoryBytes,
    cpu: instance.cpu,
    requests: input.requests.get(record.id) ?? 0,
  };
}

function observedSet(
  wish: DesiredSystem,
  set: DesiredSystem['sets'][number],
  input: ObserveInput,
): ObservedSet {
  const key = setKey(wish, set);
  const backoff = input.backoff.get(key);
  const wait = (backoff?.notBefore ?? 0) - input.now;
  return {
    system: wish.system,
    environment: wish.environment,
    service: set.service,
    rollout: set.rollout,
    failures: backoff?.failures ?? 0,
    lastFailure: input.failures.get(key) ?? null,
    backoffMs: wait > 0 ? wait : null,
    waitsFor: input.waitsFor(wish, set),
  };
}

function observedServices(input: ObserveInput): ObservedService[] {
  const traffic = new Map(input.traffic.map((one) => [one.key, one]));
  return input.desired.flatMap((wish) =>
    [...new Set(wish.sets.map((set) => set.service))].map((service) => {
      const key = keyOf(wish, service);
      return observedService(
        { wish, service, port: input.internalPorts[key], traffic: traffic.get(key) },
        input,
      );
    }),
  );
}

function observedService(
  of: { wish: DesiredSystem; service: string; port: number | undefined; traffic: ServiceTraffic | undefined },
  { pauses }: ObserveInput,
): ObservedService {
  const { wish, service, port, traffic } = of;
  return {
    system: wish.system,
    environment: wish.environment,
    service,
    internalUrl: port === undefined ? null : `http://${HOST}:${port}`,
    held: traffic?.held ?? 0,
    requests: traffic?.requests ?? 0,
    errors: (traffic?.serverErrors ?? 0) + (traffic?.gatewayErrors ?? 0),
    lastPauseMs: pauses.get(keyOf(wish, service)) ?? null,
  };
}
