/** Why a value at a path is not plain data. */
export interface Problem {
  path: string[];
  message: string;
}

const DEEPEST = 32;
const MOST_NODES = 20_000;

/** Copies plain data; what JSON would lose or change is a problem instead. */
export function toPlain(exported: unknown): { value: unknown; problems: Problem[] } {
  const copy: Copy = { problems: [], above: [], nodes: 0 };
  const value = plainValue(exported, [], copy);
  return { value, problems: copy.problems.slice(0, 100) };
}

interface Copy {
  problems: Problem[];
  /** Objects that the present one lies in. */
  above: object[];
  nodes: number;
}

function plainValue(value: unknown, path: string[], copy: Copy): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const problem =
    typeof value === 'object'
      ? objectProblem(value, path, copy)
      : `expected plain data, got ${kindOf(value)}`;
  if (problem === null) return plainObject(value as object, path, copy);
  copy.problems.push({ path, message: problem });
  return null;
}

function kindOf(value: unknown): string {
  if (typeof value === 'undefined' || typeof value === 'number') return String(value);
  return typeof value === 'function' ? 'a function' : `a ${typeof value}`;
}

function objectProblem(value: object, path: string[], copy: Copy): string | null {
  if (copy.above.includes(value)) return 'expected plain data, got a circle (it contains itself)';
  if (++copy.nodes > MOST_NODES || path.length > DEEPEST)
    return 'expected less data (20,000 values, 32 levels)';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value) || prototype === Object.prototype || prototype === null) return null;
  const name = (prototype as { constructor?: { name?: unknown } }).constructor?.name;
  const hint = value instanceof Promise ? ' (write `await` in front of it)' : '';
  return `expected plain data, got an object of the class ${String(name)}${hint}`;
}

function plainObject(value: object, path: string[], copy: Copy): unknown {
  copy.above.push(value);
  const result = Array.isArray(value)
    ? Array.from(value, (item, index) => plainValue(item, [...path, String(index)], copy))
    : plainMap(value, path, copy);
  copy.above.pop();
  return result;
}

function plainMap(value: object, path: string[], copy: Copy): unknown {
  for (const key of Object.getOwnPropertySymbols(value))
    copy.problems.push({ path, message: `expected texts as keys, got ${String(key)}` });
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, plainValue(each, [...path, key], copy)]),
  );
}
