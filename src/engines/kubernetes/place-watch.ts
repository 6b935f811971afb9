import {
  type ClusterEvent,
  eventTime,
  type Job,
  type Pod,
  type Service,
  type Workload,
} from '../../core/kubernetes/index.ts';
import type { Cluster, Kind, LiveObject } from './api/index.ts';
import { Mirror } from './mirror.ts';

const WATCHED = {
  pods: { apiVersion: 'v1', kind: 'Pod' },
  deployments: { apiVersion: 'apps/v1', kind: 'Deployment' },
  daemonSets: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  statefulSets: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  jobs: { apiVersion: 'batch/v1', kind: 'Job' },
  services: { apiVersion: 'v1', kind: 'Service' },
  events: { apiVersion: 'v1', kind: 'Event' },
} satisfies Record<string, Kind>;
type Watched = keyof typeof WATCHED;

export interface SeenObjects {
  pods: Pod[];
  workloads: Workload[];
  jobs: Job[];
  services: Service[];
  /** Oldest first. */
  events: ClusterEvent[];
}

/** What goes on in a namespace, followed. */
export class PlaceWatch {
  readonly namespace: string;
  private readonly mirrors: Record<Watched, Mirror>;

  constructor(cluster: Cluster, namespace: string, onChange: (object?: LiveObject) => void) {
    this.namespace = namespace;
    const mirrors = Object.entries(WATCHED).map(([name, kind]) => [
      name,
      new Mirror({ cluster, kind, query: { namespace }, onChange }),
    ]);
    this.mirrors = Object.fromEntries(mirrors) as Record<Watched, Mirror>;
  }

  /** Everything as it is now. Throws why it can’t be seen. */
  async look(): Promise<SeenObjects> {
    const names = Object.keys(this.mirrors) as Watched[];
    const lists = await Promise.all(names.map((name) => this.mirrors[name].items()));
    return together(Object.fromEntries(names.map((name, index) => [name, lists[index]!])) as Lists);
  }

  /** Everything as far as it is known. */
  known(): SeenObjects {
    const names = Object.keys(this.mirrors) as Watched[];
    return together(Object.fromEntries(names.map((name) => [name, this.mirrors[name].known()])) as Lists);
  }

  close(): void {
    for (const mirror of Object.values(this.mirrors)) mirror.close();
  }
}

type Lists = Record<Watched, LiveObject[]>;

function together({
  pods,
  deployments,
  daemonSets,
  statefulSets,
  jobs,
  services,
  events,
}: Lists): SeenObjects {
  const workloads = [...deployments, ...daemonSets, ...statefulSets] as unknown as Workload[];
  const told = (events as unknown as ClusterEvent[]).toSorted((a, b) => eventTime(a) - eventTime(b));
  return {
    pods: pods as unknown as Pod[],
    workloads,
    jobs: jobs as unknown as Job[],
    services: services as unknown as Service[],
    events: told,
  };
}
