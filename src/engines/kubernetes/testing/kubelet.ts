import type { Condition } from '../../../core/kubernetes/index.ts';
import { type ObjectStore, type Status, type StoredObject, seconds } from './object-store.ts';

/** What becomes of a pod. */
export type Fate =
  | 'ready'
  /** It runs and is not ready. */
  | 'starting'
  /** Its program ends again and again with this code; of a job once. */
  | { exits: number }
  /** Its image can’t be had. */
  | { noImage: string }
  /** No node has room for it. */
  | { noRoom: string };

/** Stands for nodes: gives pods the fate that the test wants, and lets those end that are told to. */
export class Kubelet {
  private readonly store: ObjectStore;
  /** Decided for each pod when it is made, and again when the test says so. */
  fate: (pod: StoredObject) => Fate = () => 'ready';
  /** Pods that are told to go stay for now. */
  isHolding = false;

  constructor(store: ObjectStore) {
    this.store = store;
  }

  /** Looks at every pod again. */
  look(): void {
    for (const pod of this.store.all('Pod')) this.see(pod);
  }

  see(pod: StoredObject): void {
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (!this.isHolding) this.store.remove(pod);
      return;
    }
    if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return;
    const status = statusOf(pod, this.fate(pod));
    if (JSON.stringify(comparable(status)) === JSON.stringify(comparable(pod.status ?? {}))) return;
    this.store.put({ ...pod, status });
  }
}

function comparable(status: Status): object {
  return {
    ...status,
    conditions: (status.conditions ?? []).map(({ type, status: is }) => `${type} ${is}`),
  };
}

function statusOf(pod: StoredObject, fate: Fate): Status {
  const at = pod.status?.startTime ?? seconds();
  const before = pod.status?.containerStatuses?.[0];
  const { name } = pod.spec!.containers[0]!;
  const scheduled: Condition = { type: 'PodScheduled', status: 'True', lastTransitionTime: at };
  const ready = (is: boolean, since = seconds()): Condition => ({
    ...{ type: 'Ready', status: is ? 'True' : 'False', lastTransitionTime: since },
  });
  const container = { name, ready: false, started: false, restartCount: before?.restartCount ?? 0 };
  const isJob = pod.metadata.labels?.['app.kubernetes.io/component'] === 'job';
  if (typeof fate === 'object' && 'noRoom' in fate)
    return {
      phase: 'Pending',
      conditions: [{ ...scheduled, status: 'False', reason: 'Unschedulable', message: fate.noRoom }],
    };
  const common = { hostIP: '10.0.0.1', podIP: '10.244.0.9', startTime: at };
  if (typeof fate === 'object' && 'noImage' in fate)
    return {
      ...{ ...common, phase: 'Pending', conditions: [scheduled, ready(false, at)] },
      containerStatuses: [
        { ...container, state: { waiting: { reason: 'ImagePullBackOff', message: fate.noImage } } },
      ],
    };
  const running = { running: { startedAt: at } };
  if (typeof fate === 'object') {
    const terminated = {
      exitCode: fate.exits,
      reason: fate.exits === 0 ? 'Completed' : 'Error',
      startedAt: at,
      finishedAt: seconds(),
    };
    if (isJob)
      return {
        ...{ ...common, phase: fate.exits === 0 ? 'Succeeded' : 'Failed', conditions: [scheduled] },
        containerStatuses: [{ ...container, state: { terminated } }],
      };
    const waiting = {
      reason: 'CrashLoopBackOff',
      message: `back-off 40s restarting failed container=${name}`,
    };
    return {
      ...{ ...common, phase: 'Running', conditions: [scheduled, ready(false, at)] },
      containerStatuses: [
        {
          ...container,
          restartCount: Math.min(3, container.restartCount + 1),
          state: { waiting },
          lastState: { terminated },
        },
      ],
    };
  }
  const isReady = fate === 'ready';
  const known = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return {
    ...{ ...common, phase: 'Running' },
    conditions: [scheduled, known?.status === (isReady ? 'True' : 'False') ? known : ready(isReady)],
    containerStatuses: [{ ...container, ready: isReady, started: isReady, state: running }],
  };
}
