import { EscaleError } from '../../core/errors/index.ts';
import type { ChosenRouting, ClusterOptions } from '../../core/kubernetes/index.ts';
import { type Cluster, isRefusal, type Kind, type LiveObject, type ObjectRef } from './api/index.ts';

/** What a cluster has beside what Escale applies. `hidden`: the account may not look. */
export interface Surroundings {
  nodes: { ready: number; all: number; architectures: string[] } | 'hidden';
  /** Class of volumes that is used; null: none is there. */
  storageClass: string | null | 'hidden';
  /** The Gateway, or the class of Ingress, that was chosen; null: it is not there; left out: none was chosen. */
  wayIn?: string | null | 'hidden';
  /** Whether it measures what pods use. */
  hasMetrics: boolean | 'hidden';
}

type Options = Pick<ClusterOptions, 'storage'> & { routing: ChosenRouting };

export async function lookAround(cluster: Cluster, { routing, storage }: Options): Promise<Surroundings> {
  const [nodes, storageClass, wayIn, hasMetrics] = await Promise.all([
    unlessHidden(nodesOf(cluster)),
    unlessHidden(storageClassOf(cluster, storage.className)),
    unlessHidden(wayInOf(cluster, routing)),
    unlessHidden(isKnown(cluster, { apiVersion: 'metrics.k8s.io/v1beta1', kind: 'Node' })),
  ]);
  return { nodes, storageClass, hasMetrics, ...(wayIn !== undefined && { wayIn }) };
}

async function nodesOf(cluster: Cluster): Promise<Exclude<Surroundings['nodes'], 'hidden'>> {
  const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Node' }, {});
  const statuses = items.map(({ status }) => status as NodeStatus);
  const isReady = ({ conditions = [] }: NodeStatus) =>
    conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  const architectures = statuses.map(({ nodeInfo }) => nodeInfo?.architecture ?? '?');
  return {
    ready: statuses.filter(isReady).length,
    all: items.length,
    architectures: [...new Set(architectures)].sort(),
  };
}

interface NodeStatus {
  conditions?: { type: string; status: string }[];
  nodeInfo?: { architecture: string };
}

async function storageClassOf(cluster: Cluster, chosen: string | null): Promise<string | null> {
  const kind = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' };
  if (chosen !== null) return (await cluster.get({ ...kind, name: chosen })) === null ? null : chosen;
  return defaultOf(cluster, kind, 'storageclass.kubernetes.io/is-default-class');
}

async function wayInOf(cluster: Cluster, routing: Options['routing']): Promise<string | null | undefined> {
  if (routing.kind === 'gateway-api' && routing.gateway.namespace !== null) {
    const ref = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', ...routing.gateway };
    return (await cluster.get(ref as ObjectRef)) === null ? null : `Gateway ${ref.namespace}/${ref.name}`;
  }
  if (routing.kind !== 'ingress') return undefined;
  const kind = { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' };
  const name =
    routing.className ?? (await defaultOf(cluster, kind, 'ingressclass.kubernetes.io/is-default-class'));
  return name === null || (await cluster.get({ ...kind, name })) === null ? null : `IngressClass ${name}`;
}

/** The one that is meant where none is named. */
async function defaultOf(cluster: Cluster, kind: Kind, annotation: string): Promise<string | null> {
  const { items } = await cluster.list(kind, {});
  const isDefault = ({ metadata: { annotations = {} } }: LiveObject) => annotations[annotation] === 'true';
  return items.find(isDefault)?.metadata.name ?? null;
}

function isKnown(cluster: Cluster, kind: Kind): Promise<boolean> {
  return cluster.list(kind, {}).then(
    () => true,
    (error) => {
      if (isRefusal(error, 404) || (error instanceof EscaleError && error.code === 'cluster-away'))
        return false;
      throw error;
    },
  );
}

function unlessHidden<T>(looked: Promise<T>): Promise<T | 'hidden'> {
  return looked.catch((error: unknown) => {
    if (error instanceof EscaleError && error.code === 'cluster-forbidden') return 'hidden';
    throw error;
  });
}
