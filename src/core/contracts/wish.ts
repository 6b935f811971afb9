import { createHash } from 'node:crypto';
import type { DesiredSystem } from './engine.ts';

/** Names a wish by its content: equal wishes have equal digests, in whatever order their keys, sets and resources were written. */
export function wishDigest(desired: DesiredSystem): string {
  const sets = desired.sets.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const resources = desired.resources.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify(ordered({ ...desired, sets, resources })))
    .digest('base64url');
}

function nameOf({ service, rollout }: DesiredSystem['sets'][number]): string {
  return `${service}#${rollout}`;
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  );
}
