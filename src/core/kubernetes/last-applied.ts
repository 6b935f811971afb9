import type { KubernetesObject } from './object.ts';

/** What `kubectl apply` keeps at an object: the last one that was applied. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The note that `kubectl apply` would leave at an object, byte by byte. To kubectl it is then applied already: it sees no
 * difference where there is none, and whoever takes the files over also takes away what is in them no more.
 */
export function lastApplied(object: KubernetesObject): string {
  const { metadata } = object;
  const { annotations = {} } = metadata;
  return `${goJson({ ...object, metadata: { ...metadata, annotations } })}\n`;
}

/** As Go's encoding/json writes it: keys in order, and what could end a script escaped. */
function goJson(value: unknown): string {
  return JSON.stringify(ordered(value)).replaceAll(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, ordered(inner)]),
  );
}
