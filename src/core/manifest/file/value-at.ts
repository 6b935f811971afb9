import type { Path } from '../mistakes.ts';

/** A plain map, or an empty one where the value is something else. Keys are read with `Object.entries` only. */
export function mapAt(value: unknown, path: Path = []): Record<string, unknown> {
  const found = valueAt(value, path);
  return isMap(found) ? found : {};
}

/** The value at a path; undefined where the path leads nowhere. Inherited properties are not seen. */
export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/** A map of JSON: an object that is no list. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
