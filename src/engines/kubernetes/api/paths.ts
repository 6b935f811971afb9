import { pluralOf } from '../../../core/kubernetes/index.ts';
import type { Kind, ListQuery, ObjectRef } from './cluster.ts';

/** Where objects of a kind are: `/apis/apps/v1/namespaces/shop/deployments`. */
export function collectionPath({ apiVersion, kind }: Kind, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const inside = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${inside}/${pluralOf(kind)}`;
}

export function objectPath({ namespace, name, ...kind }: ObjectRef): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

/** Which of them, as parameters of a list or a watch. */
export function selectorsOf({ labels = {}, name }: ListQuery): Record<string, string | undefined> {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return {
    labelSelector: pairs.join(',') || undefined,
    fieldSelector: name === undefined ? undefined : `metadata.name=${name}`,
  };
}
