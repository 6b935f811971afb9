import { EscaleError } from '../../core/errors/index.ts';
import {
  appliedKinds,
  type ClusterOptions,
  type KubernetesObject,
  type KubernetesPart,
  LAST_APPLIED,
  lastApplied,
} from '../../core/kubernetes/index.ts';
import { type Cluster, ClusterRefusal, isRefusal, type Kind, type LiveObject } from './api/index.ts';
import { MANAGED } from './own-objects.ts';

/** What makes pods, or more of them: it comes last of its part, so that pods find what they need, and goes first. */
const WORKLOADS = [
  'HorizontalPodAutoscaler',
  'Deployment',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'CronJob',
  'Cluster',
];

interface How {
  /** Fields that others hold are taken. */
  force: boolean;
  /** Deployments of which they are taken in any case; left out: none. */
  taken?: ReadonlySet<string>;
}

/**
 * Changes nothing. `without`: these are taken away before. Throws `cluster-conflict` or `cluster-refused` with all that would be
 * refused, and what every request throws.
 */
export async function tryParts(
  cluster: Cluster,
  parts: KubernetesPart[],
  { without, ...how }: How & { without: LiveObject[] },
): Promise<void> {
  const isLeft = ({ kind, metadata }: KubernetesObject) =>
    !without.some((other) => other.kind === kind && other.metadata.name === metadata.name);
  const tried = objectsOf(parts).filter(isLeft);
  const refused = await Promise.all(tried.map((object) => refusalOf(cluster, object, isForced(object, how))));
  throwAll(refused.filter((refusal) => refusal !== null));
}

/** Applies objects in their order. Throws as every request does. */
export async function applyParts(cluster: Cluster, parts: KubernetesPart[], how: How): Promise<void> {
  for (const object of objectsOf(parts)) await applyNoted(cluster, object, { force: isForced(object, how) });
}

function isForced({ kind, metadata }: KubernetesObject, { force, taken }: How): boolean {
  return force || (kind === 'Deployment' && taken?.has(metadata.name) === true);
}

/** Applies one, and notes it as kubectl would. Another manager does that, so that the note is no part of what is applied. */
export async function applyNoted(cluster: Cluster, object: KubernetesObject, { force }: How): Promise<void> {
  const { metadata } = await cluster.apply(object, { force });
  const note = lastApplied(object);
  if (metadata.annotations?.[LAST_APPLIED] === note) return;
  const { apiVersion, kind } = object;
  const { name, namespace } = object.metadata;
  const ref = { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
  await cluster.merge(ref, { metadata: { annotations: { [LAST_APPLIED]: note } } });
}

/** The namespace is made by whoever may. */
function objectsOf(parts: KubernetesPart[]): KubernetesObject[] {
  return parts.flatMap((part) => inOrder(part.objects)).filter(({ kind }) => kind !== 'Namespace');
}

function inOrder(objects: KubernetesObject[]): KubernetesObject[] {
  return objects.toSorted((a, b) => Number(WORKLOADS.includes(a.kind)) - Number(WORKLOADS.includes(b.kind)));
}

async function refusalOf(
  cluster: Cluster,
  object: KubernetesObject,
  force: boolean,
): Promise<ClusterRefusal | null> {
  try {
    await cluster.apply(object, { force, dryRun: true });
    return null;
  } catch (error) {
    // Who may not bind every role is asked for the rights of this one, which comes before it and is not there yet.
    if (object.kind === 'RoleBinding' && isRefusal(error, 404)) return null;
    if (error instanceof ClusterRefusal) return error;
    throw error;
  }
}

function throwAll(refusals: ClusterRefusal[]): void {
  const [first, ...more] = refusals;
  if (first === undefined) return;
  if (more.length === 0) throw first;
  const isConflict = refusals.some(({ conflicts }) => conflicts.length > 0);
  throw new EscaleError(
    isConflict ? 'cluster-conflict' : 'cluster-refused',
    refusals.map(({ message }) => message).join('\n'),
    { details: { refused: refusals.map((each) => each.details) } },
  );
}

export interface Keep {
  /** What was applied now. */
  applied: { kind: string; name: string }[];
  /** Services of which nothing but what runs them may go yet: somebody still calls them, or their pods are still there. */
  services: ReadonlySet<string>;
}

/** Everything of Escale in a namespace that no more is wished; what runs programs first. */
export async function surplusOf(
  cluster: Cluster,
  { namespace, options }: { namespace: string; options: ClusterOptions },
  { applied, services }: Keep,
): Promise<LiveObject[]> {
  const names = new Set(applied.map(({ kind, name }) => `${kind}/${name}`));
  const all = await ownObjects(cluster, { namespace, options });
  return all.filter((object) => {
    const { name, labels = {} } = object.metadata;
    const component = labels['app.kubernetes.io/component'];
    if (names.has(`${object.kind}/${name}`)) return false;
    // What the engine keeps for itself, runs of jobs, and passwords of databases whose data stays.
    if (component === 'engine' || component === 'job') return false;
    if (object.kind === 'Secret' && component === 'database') return false;
    return WORKLOADS.includes(object.kind) || !services.has(labels['app.kubernetes.io/name'] ?? '');
  });
}

/** Everything of Escale in a namespace, what runs programs first. */
export async function ownObjects(
  cluster: Cluster,
  { namespace, options }: { namespace: string; options: ClusterOptions },
): Promise<LiveObject[]> {
  const kinds = appliedKinds({ options });
  const lists = await Promise.all(kinds.map((kind) => listOf(cluster, kind, namespace)));
  const all = lists.flatMap((items, index) =>
    items.map((item) => ({ ...item, apiVersion: kinds[index]!.apiVersion, kind: kinds[index]!.kind })),
  );
  const first = (object: LiveObject) => Number(!WORKLOADS.includes(object.kind));
  return all
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .sort((a, b) => first(a) - first(b));
}

/** A kind that the cluster does not know has no objects there. */
async function listOf(cluster: Cluster, kind: Kind, namespace: string): Promise<LiveObject[]> {
  try {
    return (await cluster.list(kind, { namespace, labels: MANAGED })).items;
  } catch (error) {
    if (isRefusal(error, 404)) return [];
    throw error;
  }
}

export async function deleteAll(cluster: Cluster, objects: LiveObject[]): Promise<void> {
  for (const { apiVersion, kind, metadata } of objects) {
    const { namespace, name, uid } = metadata;
    await cluster.delete({ apiVersion, kind, name, ...(namespace !== undefined && { namespace }) }, { uid });
  }
}

export function isWorkload({ kind }: { kind: string }): boolean {
  return WORKLOADS.includes(kind);
}
