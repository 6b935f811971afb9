import { isDeepStrictEqual } from 'node:util';

/**
 * Whose field is whose: server-side apply as the API server does it (structured-merge-diff), for the kinds that Escale renders.
 * A field is named by its path: `f:spec`, `f:containers`, `k:{"name":"web"}`, `f:image`.
 */

export type Path = string;
export type FieldSet = Set<Path>;
type Value = Record<string, unknown>;

const BETWEEN = '\n';
/** Lists whose items are told apart by some of their fields; every other list is one value. */
const KEYS: Record<string, string[]> = {
  containers: ['name'],
  volumes: ['name'],
  env: ['name'],
  volumeMounts: ['mountPath'],
  conditions: ['type'],
  ownerReferences: ['uid'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
};
/** What the server decides, or what names the object. */
const NOBODYS = new Set([
  ...['apiVersion', 'kind', 'status'],
  ...[
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'deletionTimestamp',
  ].map((field) => `metadata.${field}`),
  ...['managedFields', 'deletionGracePeriodSeconds'].map((field) => `metadata.${field}`),
]);

/** Every field that a configuration says something of. */
export function fieldsOf(object: object): FieldSet {
  const found: FieldSet = new Set();
  for (const [name, value] of Object.entries(object)) {
    if (name === 'metadata')
      for (const [inner, innerValue] of Object.entries(value as object)) {
        if (!NOBODYS.has(`metadata.${inner}`)) walk(innerValue, inner, ['f:metadata', `f:${inner}`], found);
      }
    else if (!NOBODYS.has(name)) walk(value, name, [`f:${name}`], found);
  }
  return found;
}

function walk(value: unknown, name: string, path: string[], found: FieldSet): void {
  const keys = Array.isArray(value) ? keysOf(name, value) : null;
  if (keys !== null) {
    for (const item of value as Value[]) {
      const at = [...path, itemKey(item, keys)];
      found.add(at.join(BETWEEN));
      for (const [field, inner] of Object.entries(item)) walk(inner, field, [...at, `f:${field}`], found);
    }
    return;
  }
  if (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    Object.keys(value).length === 0
  ) {
    found.add(path.join(BETWEEN));
    return;
  }
  for (const [field, inner] of Object.entries(value)) walk(inner, field, [...path, `f:${field}`], found);
}

function keysOf(name: string, items: unknown[]): string[] | null {
  if (name === 'ports') {
    const [first] = items as Value[];
    if (first === undefined || typeof first !== 'object') return null;
    return [first.containerPort === undefined ? 'port' : 'containerPort', 'protocol'];
  }
  return Object.hasOwn(KEYS, name) ? KEYS[name]! : null;
}

function itemKey(item: Value, keys: string[]): string {
  return `k:${JSON.stringify(Object.fromEntries(keys.map((key) => [key, item[key]])))}`;
}

/** The value of a field; undefined: it has none. */
export function valueAt(object: object, path: Path): unknown {
  let value: unknown = object;
  for (const step of path.split(BETWEEN)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = step.startsWith('k:') ? itemAt(value, step) : (value as Value)[step.slice(2)];
  }
  return value;
}

/** Of an item of a list only whether it is there. */
export function isSameAt(one: object, other: object, path: Path): boolean {
  const [a, b] = [valueAt(one, path), valueAt(other, path)];
  const isItem = path.slice(path.lastIndexOf(BETWEEN) + 1).startsWith('k:');
  return isItem ? (a === undefined) === (b === undefined) : isDeepStrictEqual(a, b);
}

function itemAt(list: object, step: string): unknown {
  if (!Array.isArray(list)) return undefined;
  const wanted = Object.entries(JSON.parse(step.slice(2)) as Value);
  return (list as Value[]).find((item) => wanted.every(([key, value]) => item[key] === value));
}

export function setAt(object: object, path: Path, value: unknown): void {
  const steps = path.split(BETWEEN);
  const last = steps.pop()!;
  let at: unknown = object;
  for (const [index, step] of steps.entries())
    at = stepInto(at as Value, step, (steps[index + 1] ?? last).startsWith('k:'));
  if (!last.startsWith('k:')) (at as Value)[last.slice(2)] = structuredClone(value);
  else if (itemAt(at as object, last) === undefined) (at as unknown[]).push(JSON.parse(last.slice(2)));
}

function stepInto(at: Value | unknown[], step: string, isList: boolean): unknown {
  if (step.startsWith('k:')) {
    const known = itemAt(at, step);
    if (known !== undefined) return known;
    const made: unknown = JSON.parse(step.slice(2));
    (at as unknown[]).push(made);
    return made;
  }
  const field = step.slice(2);
  (at as Value)[field] ??= isList ? [] : {};
  return (at as Value)[field];
}

export function removeAt(object: object, path: Path): void {
  const steps = path.split(BETWEEN);
  const last = steps.pop()!;
  const parent = steps.length === 0 ? object : valueAt(object, steps.join(BETWEEN));
  if (typeof parent !== 'object' || parent === null) return;
  if (!last.startsWith('k:')) delete (parent as Value)[last.slice(2)];
  else if (Array.isArray(parent)) {
    const item = itemAt(parent, last);
    if (item !== undefined) parent.splice(parent.indexOf(item), 1);
  }
}

/** As `managedFields` has it. */
export function fieldsV1(fields: FieldSet): object {
  const top: Value = {};
  for (const path of [...fields].sort()) {
    let at = top;
    const steps = path.split(BETWEEN);
    for (const step of steps) {
      at[step] ??= {};
      at = at[step] as Value;
    }
    if (steps.at(-1)!.startsWith('k:')) at['.'] = {};
  }
  return top;
}

/** `.spec.template.spec.containers[name="web"].image`. */
export function shown(path: Path): string {
  return path
    .split(BETWEEN)
    .map((step) => {
      if (step.startsWith('f:')) return `.${step.slice(2)}`;
      const keys = Object.entries(JSON.parse(step.slice(2)) as Value);
      return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}
