/** What Escale reads of objects as a cluster has them. */

export interface Live<Spec = unknown, Status = unknown> {
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    creationTimestamp: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid: string }[];
  };
  spec?: Spec;
  status?: Status;
}

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export interface Terminated {
  exitCode: number;
  signal?: number;
  reason?: string;
  message?: string;
  startedAt?: string;
  finishedAt?: string;
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt: string };
  terminated?: Terminated;
}

export interface ContainerStatus {
  ready: boolean;
  restartCount: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

export type Pod = Live<
  {
    nodeName?: string;
    containers: { name: string }[];
    volumes?: { persistentVolumeClaim?: { claimName: string } }[];
  },
  {
    phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    /** Of a pod that its node ended: `Evicted`. */
    reason?: string;
    message?: string;
    startTime?: string;
    /** Address of its node. */
    hostIP?: string;
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
  }
>;

/** A Deployment, DaemonSet or StatefulSet. */
export type Workload = Live<
  { replicas?: number; template: { metadata: { annotations?: Record<string, string> } } },
  {
    conditions?: Condition[];
    observedGeneration?: number;
    desiredNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberAvailable?: number;
    readyReplicas?: number;
  }
> & { kind: string };

export type Job = Live<
  unknown,
  { active?: number; startTime?: string; completionTime?: string; conditions?: Condition[] }
>;

export type Service = Live<
  { type?: string; ports?: { port: number; nodePort?: number }[] },
  { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } }
>;

/** What the cluster tells of an object. */
export type ClusterEvent = Live & {
  reason?: string;
  message?: string;
  type?: string;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  involvedObject?: { kind?: string; name?: string; uid?: string };
};

export function conditionOf(
  object: { status?: { conditions?: Condition[] } },
  type: string,
): Condition | null {
  return object.status?.conditions?.find((each) => each.type === type) ?? null;
}

/** Whether a pod takes requests. */
export function isReady(pod: Pod): boolean {
  return conditionOf(pod, 'Ready')?.status === 'True';
}

/** ms since 1970; null: it is not said. */
export function timeOf(text: string | null | undefined): number | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : at;
}

export function eventTime({ lastTimestamp, eventTime: at, metadata }: ClusterEvent): number {
  return timeOf(lastTimestamp) ?? timeOf(at) ?? timeOf(metadata.creationTimestamp) ?? 0;
}
