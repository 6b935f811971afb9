import {
  type ClusterEvent,
  type ContainerStatus,
  conditionOf,
  eventTime,
  type Pod,
  type Terminated,
  timeOf,
} from './live.ts';

/** What went wrong with a pod so far. */
export interface PodFailure {
  /** How often: three are too many. */
  failures: number;
  /** The newest one, for people; null: none. */
  reason: string | null;
  /** ms since 1970. */
  at: number;
  /** Until it is tried again, ms; null: nothing waits. */
  backoffMs: number | null;
}

/** As many as end a rollout: trying again does not help. */
const HOPELESS = 3;
/** A registry that answers so does not answer otherwise later. */
const NO_SUCH_IMAGE =
  /not found|manifest unknown|name unknown|unauthorized|denied|forbidden|invalid reference|InvalidImageName|no match for platform/i;

export function failureOf(pod: Pod, events: ClusterEvent[], now: number): PodFailure {
  const status = pod.status?.containerStatuses?.[0];
  const started = timeOf(pod.metadata.creationTimestamp) ?? now;
  const waiting = status?.state?.waiting;
  const none = { failures: 0, reason: null, at: started, backoffMs: null };
  if (pod.status?.phase === 'Failed')
    return { ...none, failures: 1, reason: endOfPod(pod), at: endedAt(status) ?? started };
  const restarts = { ...none, failures: status?.restartCount ?? 0 };
  const last = status?.lastState?.terminated;
  if (waiting?.reason === 'CrashLoopBackOff')
    return { ...restarts, ...lastEnd(last, pod, events), backoffMs: backoffIn(waiting.message ?? '') };
  if (waiting !== undefined && isStuck(waiting.reason)) {
    const reason = stuckReason(waiting);
    return {
      ...restarts,
      reason,
      failures: Math.max(restarts.failures, isHopeless(waiting) ? HOPELESS : 1),
      at: now,
    };
  }
  if (last !== undefined) return { ...restarts, ...lastEnd(last, pod, events) };
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable')
    return {
      ...none,
      reason: whyUnbound(pod, events) ?? `no node takes it: ${scheduled.message ?? ''}`.trim(),
      at: timeOf(scheduled.lastTransitionTime) ?? now,
    };
  return none;
}

/** No node is looked for before its volumes can be had; why they can't is told of their claims. Null: that is not why. */
function whyUnbound({ spec, metadata }: Pod, events: ClusterEvent[]): string | null {
  const claims = (spec?.volumes ?? []).flatMap(
    ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
  );
  const told = events.findLast(
    ({ reason = '', involvedObject, metadata: { namespace } }) =>
      involvedObject?.kind === 'PersistentVolumeClaim' &&
      namespace === metadata.namespace &&
      claims.includes(involvedObject.name ?? '') &&
      /^(ProvisioningFailed|FailedBinding)$/.test(reason),
  );
  return told === undefined
    ? null
    : `its volume can’t be had: claim ${told.involvedObject!.name}: ${told.message ?? ''}`;
}

/** Reasons of a container that is not started, other than that it is being made. */
function isStuck(reason = ''): boolean {
  return !['ContainerCreating', 'PodInitializing', ''].includes(reason);
}

function isHopeless({ reason = '', message = '' }: { reason?: string; message?: string }): boolean {
  if (reason === 'InvalidImageName' || reason === 'CreateContainerConfigError') return true;
  return /^(ErrImagePull|ImagePullBackOff)$/.test(reason) && NO_SUCH_IMAGE.test(message);
}

function stuckReason({ reason, message = '' }: { reason?: string; message?: string }): string {
  const image = /^(ErrImagePull|ImagePullBackOff|InvalidImageName)$/.test(reason ?? '');
  return `${image ? 'its image can’t be had' : 'it can’t be started'}: ${reason}${message === '' ? '' : `: ${message}`}`;
}

function lastEnd(last: Terminated | undefined, pod: Pod, events: ClusterEvent[]) {
  if (last === undefined) return {};
  return { reason: killedBy(pod, events) ?? endText(last), at: timeOf(last.finishedAt) ?? 0 };
}

/** How a container ended, for people. */
export function endText({ exitCode, signal, reason, message }: Terminated): string {
  if (reason === 'OOMKilled') return 'went over its memory limit';
  const why = message === undefined || message === '' ? '' : `: ${message.trim().split('\n').at(-1)}`;
  if (reason === 'StartError' || reason === 'ContainerCannotRun') return `could not be started${why}`;
  if (signal !== undefined && signal > 0) return `was ended by signal ${signal}${why}`;
  return `exited with code ${exitCode}${why}`;
}

/** Its deadline is its set’s to say. */
export const NOT_READY = 'not ready in time';

/** A node that kills says why in an event only. */
function killedBy(pod: Pod, events: ClusterEvent[]): string | null {
  const own = events
    .filter(({ involvedObject }) => involvedObject?.uid === pod.metadata.uid)
    .sort((a, b) => eventTime(a) - eventTime(b));
  const killing = own.findLast(({ reason }) => reason === 'Killing')?.message ?? '';
  const [, probe] = /failed (startup|liveness) probe/.exec(killing) ?? [];
  if (probe === undefined) return null;
  const unhealthy = own.findLast(
    ({ reason, message = '' }) => reason === 'Unhealthy' && message.toLowerCase().startsWith(probe),
  );
  const said = (unhealthy?.message ?? '').replace(/^\w+ probe failed: ?/, '').trim();
  return `${probe === 'startup' ? NOT_READY : 'is not alive any more'}${said === '' ? '' : `: ${said}`}`;
}

/** How a pod ended that does not run again. */
function endOfPod({ status }: Pod): string {
  const ended = status?.containerStatuses?.[0]?.state?.terminated;
  if (status?.reason !== undefined)
    return `${status.reason}${status.message === undefined ? '' : `: ${status.message}`}`;
  return ended === undefined ? 'its node ended it' : endText(ended);
}

function endedAt(status: ContainerStatus | undefined): number | null {
  return timeOf(status?.state?.terminated?.finishedAt);
}

/** `back-off 1m20s restarting failed container=…` */
function backoffIn(message: string): number | null {
  const [, minutes, seconds] = /back-off (?:(\d+)m)?(?:(\d+)s)?/.exec(message) ?? [];
  if (minutes === undefined && seconds === undefined) return null;
  return (Number(minutes ?? 0) * 60 + Number(seconds ?? 0)) * 1000;
}

export function tookTooLong(timeoutMs: number): string {
  return `took longer than ${timeoutMs / 1000} s and was ended`;
}
