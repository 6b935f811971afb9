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

/** `NetworkPolicy` is `networkpolicies`, as the API has it for every kind that Escale knows. */
export function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith('y')) return `${word.slice(0, -1)}ies`;
  return word.endsWith('s') ? `${word}es` : `${word}s`;
}

export function selectorText(labels: Record<string, string> = {}): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
