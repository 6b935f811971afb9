import type { DesiredSystem, InstanceSet, ObservedInstance, ObservedSet } from '../../contracts/index.ts';
import { ROLLOUT_ANNOTATION } from '../desired/words.ts';
import { failureOf, NOT_READY, type PodFailure } from './failure.ts';
import { instanceId, serviceOf } from './instances.ts';
import { type ClusterEvent, conditionOf, eventTime, type Pod, timeOf, type Workload } from './live.ts';

/** Finding a node, pulling an image: of a pod whose program was not started yet, ms. */
const MAKING_MS = 300_000;
/** The cluster’s own pace, of one step of a roll, ms. */
const STEP_MS = 10_000;

export interface SetsSeen {
  wish: DesiredSystem;
  pods: Pod[];
  workloads: Workload[];
  events: ClusterEvent[];
  now: number;
}

/** How starting each wished set went so far. */
export function setsOf(seen: SetsSeen): ObservedSet[] {
  const { system, environment, sets } = seen.wish;
  return sets.map((set) => {
    const pods = seen.pods.filter((pod) => serviceOf(pod) === set.service && rolloutOf(pod) === set.rollout);
    const all = pods.map((pod) => ({ pod, failure: failureOf(pod, seen.events, seen.now) }));
    const worst = newest(all.filter(({ failure }) => failure.reason !== null));
    const refused = worst === undefined ? refusalOf(set, seen) : null;
    return {
      ...{ system, environment, service: set.service, rollout: set.rollout },
      failures: all.reduce((sum, { failure }) => sum + failure.failures, 0),
      lastFailure:
        worst === undefined
          ? refused
          : {
              instance: instanceId(worst.pod),
              reason: inTime(worst.failure.reason!, set),
              at: worst.failure.at,
            },
      backoffMs: all.map(({ failure }) => failure.backoffMs).find((ms) => ms !== null) ?? null,
      waitsFor: null,
      patienceMs: patienceOf(set, all),
    };
  });
}

function inTime(reason: string, { plan }: InstanceSet): string {
  return reason.replace(NOT_READY, `not ready within ${plan.start.deadlineMs / 1000} s`);
}

function rolloutOf({ metadata: { annotations = {} } }: Pod): number {
  return Number(annotations[ROLLOUT_ANNOTATION] ?? 0);
}

function newest<Each extends { failure: PodFailure }>(all: Each[]): Each | undefined {
  return all.toSorted((a, b) => a.failure.at - b.failure.at).at(-1);
}

/** No pod could be made at all: a quota is too small, a policy refuses it. */
function refusalOf(
  { service, rollout }: InstanceSet,
  { workloads, events, now }: SetsSeen,
): ObservedSet['lastFailure'] {
  const workload = workloads.find(({ metadata }) => metadata.name === service);
  if (workload?.spec === undefined) return null;
  if (Number(workload.spec.template.metadata.annotations?.[ROLLOUT_ANNOTATION] ?? 0) !== rollout) return null;
  const condition = conditionOf(workload, 'ReplicaFailure');
  if (condition?.status === 'True')
    return {
      instance: service,
      reason: condition.message ?? '',
      at: timeOf(condition.lastTransitionTime) ?? now,
    };
  const event = events.findLast(
    ({ reason, involvedObject }) =>
      reason === 'FailedCreate' && involvedObject?.uid === workload.metadata.uid,
  );
  if (event === undefined || workload.kind === 'Deployment') return null;
  return { instance: service, reason: event.message ?? '', at: eventTime(event) };
}

/** One after the other, and as long as the making of one that is being made. */
function patienceOf({ count, plan }: InstanceSet, pods: { pod: Pod; failure: PodFailure }[]): number {
  const each = plan.start.deadlineMs + plan.start.stableMs + STEP_MS;
  const isMaking = pods.some(({ pod, failure }) => {
    const waiting = pod.status?.containerStatuses?.[0]?.state?.waiting;
    return failure.reason === null ? waiting !== undefined : /^its image/.test(failure.reason);
  });
  return each * Math.max(1, count) + (isMaking ? MAKING_MS : 0);
}

/**
 * On each machine one: they count as one instance, which is ready once all are of the newest set and ready.
 */
export function everyNodeTogether(instances: ObservedInstance[], workloads: Workload[]): ObservedInstance[] {
  const rolling = new Map(
    workloads
      .filter(({ kind }) => kind === 'DaemonSet')
      .flatMap((each) => {
        const {
          desiredNumberScheduled = 0,
          updatedNumberScheduled = 0,
          numberAvailable = 0,
        } = each.status ?? {};
        const there = Math.min(updatedNumberScheduled, numberAvailable);
        return there < desiredNumberScheduled
          ? [[each.metadata.name, `is on ${there} of ${desiredNumberScheduled} machines`] as const]
          : [];
      }),
  );
  return instances.map((instance) => {
    const reason = rolling.get(instance.service);
    if (reason === undefined || instance.state !== 'ready' || instance.role !== 'service') return instance;
    return { ...instance, state: 'starting', reason };
  });
}
