import { pluralOf } from '../../../core/kubernetes/index.ts';
import type { Kind, ObjectRef } from './cluster.ts';

/** Where objects of a kind are: `/apis/apps/v1/namespaces/shop/deployments`. */
export function collectionPath({ apiVersion, kind }: Kind, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const inside = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${inside}/${pluralOf(kind)}`;
}

export function objectPath({ namespace, name, ...kind }: ObjectRef): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

export function selectorText(labels: Record<string, string> = {}): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
