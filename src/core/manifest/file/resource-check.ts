import type { Finding, Path } from '../mistakes.ts';
import { unknownPart } from './job-check.ts';
import { mapAt, valueAt } from './value-at.ts';

const SCHEMES = ['postgres:', 'postgresql:'];

/** Addresses of resources that exist elsewhere, in the resource itself or in what an environment changes of it. */
export function checkResources(file: unknown): Finding[] {
  const resources = Object.keys(mapAt(file, ['resources']));
  const own = resources.flatMap((name) => checkExternal(file, ['resources', name, 'external']));
  const changed = Object.keys(mapAt(file, ['environments'])).flatMap((environment) => {
    const above = ['environments', environment, 'resources'];
    return Object.keys(mapAt(file, above)).flatMap((name) => {
      const path = [...above, name];
      if (!resources.includes(name)) return [unknownPart('resource', name, { path, names: resources })];
      return checkExternal(file, [...path, 'external']);
    });
  });
  return [...own, ...changed];
}

/** What is wrong is told without the value: it may hold a password. */
function checkExternal(file: unknown, path: Path): Finding[] {
  const value = valueAt(file, path);
  if (typeof value !== 'string' || value === '' || value.includes('${secret.')) return [];
  const message = externalProblem(value);
  const hint = 'Write it like "postgres://user:password@db.example.org:5432/tasks".';
  return message === null ? [] : [{ code: 'wrong-address', path, message, hint, at: 'value' }];
}

function externalProblem(value: string): string | null {
  if (!URL.canParse(value)) return 'expected an address, got a text that is none';
  const { protocol, hostname, pathname } = new URL(value);
  if (!SCHEMES.includes(protocol))
    return `expected an address that begins with postgres://, got ${protocol}//`;
  if (hostname === '') return 'expected an address with a host, got one without';
  return pathname.length > 1 ? null : 'expected an address that names a database, got one without';
}
