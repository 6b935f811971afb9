import type { ExecSession } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { conditionOf, credentialsOf, type Pod, timeOf } from '../../core/kubernetes/index.ts';
import type { Cluster, LiveObject } from './api/index.ts';
import { addressOf, containerOf } from './pod-logs.ts';

/** A way into a database, from inside of its pod. */
export interface DatabaseWay {
  /** Of the superuser, and of the role that owns what is in it. */
  passwords: { superuser: string; owner: string };
  /** Speaks with the server's port. */
  open(): Promise<ExecSession>;
}

export interface DatabaseRef {
  namespace: string;
  name: string;
}

/** How a database of Escale's own image is spoken with. Throws `database-away`. */
export async function wayInto(
  cluster: Cluster,
  { namespace, name }: DatabaseRef,
  pod: Pod | undefined,
): Promise<DatabaseWay> {
  const ref = { apiVersion: 'v1', kind: 'Secret', namespace, name: credentialsOf({ name }) };
  const data = (await cluster.get(ref))?.data as Record<string, string> | undefined;
  if (pod === undefined || data === undefined)
    throw new EscaleError('database-away', `${name}: there is no pod of it, or no Secret with its passwords`);
  const password = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString('utf8');
  return {
    passwords: { superuser: password('superuser-password'), owner: password('password') },
    open: () => cluster.exec(addressOf(pod), { ...containerOf(pod), command: ['nc', '127.0.0.1', '5432'] }),
  };
}

interface SetStatus {
  observedGeneration?: number;
  updateRevision?: string;
}

/**
 * Since when the pod of a database is ready that is wished, ms since 1970; null: it is not. 0 where the cluster has no such
 * database of ours.
 */
export async function readySince(cluster: Cluster, { namespace, name }: DatabaseRef): Promise<number | null> {
  const set = await cluster.get({ apiVersion: 'apps/v1', kind: 'StatefulSet', namespace, name });
  if (set === null) return 0;
  const pod = await cluster.get({ apiVersion: 'v1', kind: 'Pod', namespace, name: `${name}-0` });
  if (pod === null || !isOf(set, pod)) return null;
  const ready = conditionOf(pod as Pod, 'Ready');
  return ready?.status === 'True' ? (timeOf(ready.lastTransitionTime) ?? 0) : null;
}

/** A set whose controller has not looked yet, or a pod that it is going to replace, is of before. */
function isOf({ metadata, status }: LiveObject, pod: LiveObject): boolean {
  const { observedGeneration, updateRevision } = (status ?? {}) as SetStatus;
  const { generation } = metadata as { generation?: number };
  const hasLooked =
    generation === undefined || observedGeneration === undefined || observedGeneration >= generation;
  const revision = pod.metadata.labels?.['controller-revision-hash'];
  return (
    hasLooked &&
    pod.metadata.deletionTimestamp === undefined &&
    (revision === undefined || updateRevision === undefined || revision === updateRevision)
  );
}
