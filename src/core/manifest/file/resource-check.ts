import { addressProblem } from '../address.ts';
import type { Finding, Path } from '../mistakes.ts';
import { fillAddress } from '../secrets.ts';
import { unknownPart } from './job-check.ts';
import { mapAt, valueAt } from './value-at.ts';

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

/** What is wrong is told without the value: it may hold a password. An address that is a secret can't be known. */
function checkExternal(file: unknown, path: Path): Finding[] {
  const value = valueAt(file, path);
  if (typeof value !== 'string' || value === '') return [];
  const address = fillAddress(value, () => UNKNOWN);
  const message = address === UNKNOWN ? null : addressProblem(address);
  const hint = 'Write it like "postgres://user:password@db.example.org:5432/tasks".';
  return message === null ? [] : [{ code: 'wrong-address', path, message, hint, at: 'value' }];
}

/** Stands for the value of a secret. */
const UNKNOWN = 'secret';
