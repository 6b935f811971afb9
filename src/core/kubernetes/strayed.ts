import type { KubernetesObject } from './object.ts';

/** A field of an object that is not what it was applied as. */
export interface StrayedField {
  /** `spec.replicas`. */
  path: string;
  wished: unknown;
  found: unknown;
}

/** Somebody else’s field, beside those that were applied. */
export interface AddedField {
  path: string;
  manager: string;
}

/** Fields of what was applied that are something else now. What the API leaves out where it says nothing is the same. */
export function strayedFields(applied: KubernetesObject, live: Record<string, unknown>): StrayedField[] {
  const { apiVersion: _, kind: __, metadata, ...rest } = applied;
  const there = live.metadata as Record<string, unknown>;
  const { labels, annotations = {} } = metadata;
  return [
    ...compare(labels, there.labels, 'metadata.labels'),
    ...compare(annotations, there.annotations, 'metadata.annotations'),
    ...compare(rest, live, ''),
  ];
}

function compare(wished: unknown, found: unknown, path: string): StrayedField[] {
  if (isEmpty(wished) && isEmpty(found)) return [];
  if (isMap(wished)) {
    const map = isMap(found) ? found : {};
    return Object.entries(wished).flatMap(([key, value]) =>
      compare(value, map[key], path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(wished)) return compareLists(wished, found, path);
  return wished === found ? [] : [{ path, wished, found }];
}

function compareLists(wished: unknown[], found: unknown, path: string): StrayedField[] {
  const list = Array.isArray(found) ? found : [];
  const name = keyOf(wished);
  if (name === null) {
    if (wished.length !== list.length) return [{ path, wished, found }];
    return wished.flatMap((value, index) => compare(value, list[index], `${path}[${index}]`));
  }
  return (wished as Record<string, unknown>[]).flatMap((item) => {
    const other = list.find((each) => isMap(each) && each[name] === item[name]);
    return compare(item, other, `${path}[${String(item[name])}]`);
  });
}

/** What tells items of a list apart, where others may add some. */
function keyOf(items: unknown[]): string | null {
  for (const name of ['name', 'mountPath', 'type'])
    if (items.length > 0 && items.every((item) => isMap(item) && typeof item[name] === 'string')) return name;
  return null;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.keys(value).length === 0;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Managed {
  manager: string;
  operation: string;
  subresource?: string;
  fieldsV1?: object;
}

/** What people and programs beside Escale say in the parts of an object that the file decides, and Escale does not say itself. */
export function addedFields(managedFields: Managed[], manager: string): AddedField[] {
  const isOwn = (each: Managed) => each.manager === manager && each.operation === 'Apply';
  const own = new Set(managedFields.filter(isOwn).flatMap(({ fieldsV1 = {} }) => leaves(fieldsV1, '')));
  const others = managedFields.filter((each) => !isOwn(each) && each.subresource !== 'status');
  return others.flatMap(({ manager: who, fieldsV1 = {} }) =>
    leaves(fieldsV1, '')
      .filter((path) => DECIDED.test(path) && !own.has(path))
      .map((path) => ({ path, manager: who })),
  );
}

/** Labels and annotations are everybody’s. */
const DECIDED = /^(spec|data|stringData|rules|subjects)\b/;

function leaves(fields: object, path: string): string[] {
  const inner = Object.entries(fields).filter(([key]) => key !== '.');
  if (inner.length === 0) return [path];
  return inner.flatMap(([key, value]) => leaves(value as object, joined(path, key)));
}

function joined(path: string, key: string): string {
  if (key.startsWith('f:')) return path === '' ? key.slice(2) : `${path}.${key.slice(2)}`;
  const [value] = key.startsWith('k:') ? Object.values(JSON.parse(key.slice(2)) as object) : [key.slice(2)];
  return `${path}[${String(value)}]`;
}
