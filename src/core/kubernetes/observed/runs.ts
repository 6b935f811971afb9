import type { ObservedRun } from '../../contracts/index.ts';
import { RELEASE_ANNOTATION, RUN_ANNOTATION, TIMEOUT_ANNOTATION } from '../desired/words.ts';
import { endText, failureOf, tookTooLong } from './failure.ts';
import { instanceId } from './instances.ts';
import { type ClusterEvent, conditionOf, type Job, type Pod, timeOf } from './live.ts';

/** A Job as a run; null: it is none of Escale’s. */
export function runOf(
  job: Job,
  {
    place,
    pods,
    events,
    now,
  }: { place: { system: string; environment: string }; pods: Pod[]; events: ClusterEvent[]; now: number },
): ObservedRun | null {
  const { annotations = {}, labels = {}, uid } = job.metadata;
  const id = annotations[RUN_ANNOTATION];
  if (id === undefined) return null;
  const pod = pods.find(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));
  const status = pod?.status?.containerStatuses?.[0];
  const ended = status?.state?.terminated;
  const startedAt = timeOf(status?.state?.running?.startedAt) ?? timeOf(ended?.startedAt);
  return {
    ...{ id, ...place, job: labels['app.kubernetes.io/name'] ?? '' },
    release: Number(annotations[RELEASE_ANNOTATION] ?? 0),
    ...stateOf(job, { pod, events, startedAt, now }),
    instance: pod === undefined ? null : instanceId(pod),
    exitCode: ended?.exitCode ?? null,
    startedAt,
    endedAt: endedAt(job),
  };
}

interface RunSeen {
  pod: Pod | undefined;
  events: ClusterEvent[];
  startedAt: number | null;
  now: number;
}

function stateOf(job: Job, { pod, events, startedAt, now }: RunSeen): Pick<ObservedRun, 'state' | 'reason'> {
  if (conditionOf(job, 'Complete')?.status === 'True')
    return { state: 'succeeded', reason: 'exited with code 0' };
  const failed = conditionOf(job, 'Failed');
  if (failed?.status === 'True') return { state: 'failed', reason: whyFailed(job, failed, pod) };
  if (startedAt !== null && pod?.metadata.deletionTimestamp === undefined)
    return { state: 'running', reason: '' };
  const failure = pod === undefined ? null : failureOf(pod, events, now);
  const refused = events.findLast(
    ({ reason, involvedObject }) => reason === 'FailedCreate' && involvedObject?.uid === job.metadata.uid,
  );
  // What can’t be started at all is not started later either.
  if (failure !== null && failure.failures >= 3) return { state: 'failed', reason: failure.reason ?? '' };
  return { state: 'waiting', reason: failure?.reason ?? refused?.message ?? 'waits to be started' };
}

function whyFailed(
  { metadata: { annotations = {} } }: Job,
  { reason, message }: { reason?: string; message?: string },
  pod: Pod | undefined,
): string {
  if (reason === 'DeadlineExceeded') return tookTooLong(Number(annotations[TIMEOUT_ANNOTATION] ?? 0));
  const ended = pod?.status?.containerStatuses?.[0]?.state?.terminated;
  return ended === undefined ? (message ?? reason ?? 'failed') : endText(ended);
}

function endedAt(job: Job): number | null {
  const failed = conditionOf(job, 'Failed');
  if (failed?.status === 'True') return timeOf(failed.lastTransitionTime);
  return timeOf(job.status?.completionTime) ?? timeOf(conditionOf(job, 'Complete')?.lastTransitionTime);
}
