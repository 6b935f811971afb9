import type { InstanceRole, ObservedInstance } from '../../contracts/index.ts';
import { IMAGE_ADDRESS } from '../../image/index.ts';
import { RELEASE_ANNOTATION, ROLLOUT_ANNOTATION } from '../desired/words.ts';
import { failureOf } from './failure.ts';
import { type ClusterEvent, conditionOf, type Pod, timeOf } from './live.ts';
import type { ServiceTraffic } from './traffic.ts';

const ROLES: Record<string, InstanceRole> = {
  service: 'service',
  worker: 'service',
  job: 'job',
  database: 'resource',
};

/** A pod as an instance; null: it is none, or is over. */
export function instanceOf(
  pod: Pod,
  { place, events, traffic, stableMs, now }: Seen,
): ObservedInstance | null {
  const { labels = {}, annotations = {} } = pod.metadata;
  const role = ROLES[labels['app.kubernetes.io/component'] ?? (labels['cnpg.io/cluster'] ? 'database' : '')];
  if (role === undefined || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return null;
  const running = pod.status?.containerStatuses?.[0]?.state?.running;
  return {
    ...{ id: instanceId(pod), ...place, service: serviceOf(pod), role },
    release: Number(annotations[RELEASE_ANNOTATION] ?? 0),
    rollout: Number(annotations[ROLLOUT_ANNOTATION] ?? 0),
    ...stateOf(pod, { events, stableMs, now }),
    ...{ pid: null, port: labels['app.kubernetes.io/component'] === 'service' ? IMAGE_ADDRESS.port : null },
    startedAt: timeOf(running?.startedAt) ?? timeOf(pod.metadata.creationTimestamp) ?? now,
    ...{ memoryBytes: null, cpu: null },
    requests: traffic?.[serviceOf(pod)]?.byPod[pod.metadata.name] ?? 0,
  };
}

export interface Seen {
  place: { system: string; environment: string };
  events: ClusterEvent[];
  traffic?: Record<string, ServiceTraffic>;
  /** For how long a pod of a service must have been ready, ms. */
  stableMs: number;
  now: number;
}

export function serviceOf({ metadata: { labels = {} } }: Pod): string {
  return labels['cnpg.io/cluster'] ?? labels['app.kubernetes.io/name'] ?? '';
}

/** Names of pods say by chance whose they are, but for those with a number: they are called the same everywhere. */
export function instanceId({ metadata: { name, namespace, ownerReferences = [] } }: Pod): string {
  return ownerReferences.some(({ kind }) => kind === 'ReplicaSet' || kind === 'Job' || kind === 'DaemonSet')
    ? name
    : `${name}.${namespace}`;
}

type State = Pick<ObservedInstance, 'state' | 'reason'>;

function stateOf(pod: Pod, { events, stableMs, now }: Omit<Seen, 'place'>): State {
  const ready = conditionOf(pod, 'Ready');
  const isReady = ready?.status === 'True';
  const status = pod.status?.containerStatuses?.[0];
  if (pod.metadata.deletionTimestamp !== undefined)
    return isReady
      ? { state: 'draining', reason: 'finishes what it has' }
      : { state: 'stopping', reason: 'is stopping' };
  const since = timeOf(ready?.lastTransitionTime);
  if (isReady && (since === null || now - since >= stableMs)) return { state: 'ready', reason: '' };
  if (isReady)
    return { state: 'starting', reason: `is up for ${seconds(now - since!)} of ${seconds(stableMs)}` };
  const { reason } = failureOf(pod, events, now);
  const startedAt = timeOf(status?.state?.running?.startedAt);
  if (startedAt === null) return { state: 'pending', reason: reason ?? waitingFor(pod) };
  // The time of its last change is its start’s, unless it was ready in between.
  const wasReady = since !== null && since > startedAt + 1000;
  return { state: wasReady ? 'unready' : 'starting', reason: reason ?? probeSaid(pod, events) };
}

function waitingFor(pod: Pod): string {
  if (conditionOf(pod, 'PodScheduled')?.status !== 'True') return 'waits for a node';
  return `is being made on ${pod.spec?.nodeName ?? 'its node'}`;
}

function probeSaid(pod: Pod, events: ClusterEvent[]): string {
  const last = events.findLast(
    ({ reason, involvedObject }) => reason === 'Unhealthy' && involvedObject?.uid === pod.metadata.uid,
  );
  return last?.message?.trim() ?? 'does not answer yet';
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.round(ms / 1000))} s`;
}
