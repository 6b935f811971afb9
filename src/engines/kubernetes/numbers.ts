import type { KubernetesObject, KubernetesPart } from '../../core/kubernetes/index.ts';
import { type Cluster, FIELD_MANAGER, type LiveObject } from './api/index.ts';
import { MANAGED } from './own-objects.ts';

/** Holds a number between Escale, which says it no more, and the autoscaler, which has not chosen one yet. */
const BETWEEN = 'escale-handover';
const AUTOSCALER = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };

/**
 * Deployments whose number was an autoscaler's of Escale, and which have a number again: it is taken back, whoever holds it.
 */
export async function scaledBefore(
  cluster: Cluster,
  namespace: string,
  parts: KubernetesPart[],
): Promise<Set<string>> {
  const fixed = deploymentsOf(parts).filter((object) => numberOf(object) !== undefined);
  if (fixed.length === 0) return new Set();
  const { items } = await cluster.list(AUTOSCALER, { namespace, labels: MANAGED });
  const scaled = new Set(items.map(({ metadata }) => metadata.name));
  return new Set(fixed.map(({ metadata }) => metadata.name).filter((name) => scaled.has(name)));
}

/** A number that nobody says any more would become 1 for a moment: somebody holds it until the autoscaler chooses. */
export async function handOverNumbers(cluster: Cluster, parts: KubernetesPart[]): Promise<void> {
  for (const object of deploymentsOf(parts)) {
    if (numberOf(object) !== undefined) continue;
    const { apiVersion, kind, metadata } = object;
    const { name, namespace, labels } = metadata;
    const live = await cluster.get({ apiVersion, kind, name, namespace: namespace! });
    if (live === null || !isOwn(live)) continue;
    const number = {
      apiVersion,
      kind,
      metadata: { name, namespace: namespace!, labels },
      spec: { replicas: numberOf(live) },
    };
    await cluster.apply(number, { force: true, manager: BETWEEN });
  }
}

function deploymentsOf(parts: KubernetesPart[]): KubernetesObject[] {
  return parts.flatMap(({ objects }) => objects).filter(({ kind }) => kind === 'Deployment');
}

function numberOf({ spec }: KubernetesObject | LiveObject): number | undefined {
  return (spec as { replicas?: number }).replicas;
}

function isOwn({ metadata: { managedFields = [] } }: LiveObject): boolean {
  return managedFields.some(({ manager, operation, fieldsV1 }) => {
    const { 'f:spec': spec = {} } = (fieldsV1 ?? {}) as { 'f:spec'?: object };
    return manager === FIELD_MANAGER && operation === 'Apply' && Object.hasOwn(spec, 'f:replicas');
  });
}
