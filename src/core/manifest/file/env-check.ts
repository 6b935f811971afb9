import type { Finding, Path } from '../mistakes.ts';
import { valueText } from '../mistakes.ts';
import { bindingVariable } from '../names.ts';
import { BOUND_VARIABLES, type ResourceType, resourceBindings } from '../resource-types.ts';
import { isMap, mapAt, valueAt } from './value-at.ts';

const OWN_VARIABLES = new Set(['HOST', 'PORT', 'DATA_DIR']);

/** Names of variables: identifiers that Escale does not set itself (`bound`: by what is used). */
export function checkEnv(env: unknown, path: Path, bound: Map<string, string>): Finding[] {
  return Object.entries(isMap(env) ? env : {}).flatMap(([name, value]) => {
    const message =
      variableProblem(name, bound) ??
      (typeof value === 'string' && value.includes('\0') ? 'a value has no zero bytes' : null);
    return message === null ? [] : [{ code: 'wrong-variable', path: [...path, name], message } as const];
  });
}

function variableProblem(name: string, bound: Map<string, string>): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,255}$/.test(name)) {
    return `expected a name of letters, digits and underscores, got ${valueText(name)}`;
  }
  if (OWN_VARIABLES.has(name) || name.startsWith('ESCALE_')) return `${name} is set by Escale itself`;
  const use = bound.get(name);
  return use === undefined ? null : `${name} is set by Escale, because it uses ${valueText(use)}`;
}

/** Variables that Escale sets because of what is used, each with the name in `uses` that it comes from. */
export function boundVariables(uses: unknown, file: unknown): Map<string, string> {
  const types = resourceTypesOf(file);
  const used = textsOf(uses);
  const addresses = used
    .filter((use) => !Object.hasOwn(types, use))
    .map((use) => [bindingVariable(use), use] as const);
  const resources = resourceBindings(used, types).flatMap(({ resource, prefix }) =>
    BOUND_VARIABLES[types[resource]!].map((variable) => [prefix + variable, resource] as const),
  );
  return new Map([...addresses, ...resources]);
}

/** The resources of a file, right or wrong, that have a type of this version. */
function resourceTypesOf(file: unknown): Record<string, ResourceType> {
  const entries = Object.keys(mapAt(file, ['resources'])).map(
    (name) => [name, valueAt(file, ['resources', name, 'type'])] as const,
  );
  return Object.fromEntries(entries.filter(([, type]) => isType(type))) as Record<string, ResourceType>;
}

function isType(type: unknown): boolean {
  return typeof type === 'string' && Object.hasOwn(BOUND_VARIABLES, type);
}

/** The texts of a list, right or wrong. */
export function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}
