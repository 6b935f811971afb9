import { createHash } from 'node:crypto';
import type { ResolvedSystem } from '../manifest/index.ts';

/** Labels' values and names of namespaces and Services. */
const LONGEST = 63;

/** The namespace of a system in an environment, unless another one is chosen. */
export function namespaceOf(system: string, environment: string): string {
  return shortened(`${system}-${environment}`);
}

/** A name that is too long keeps its beginning; what it loses is in its hash. */
function shortened(name: string): string {
  if (name.length <= LONGEST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 10);
  return `${name.slice(0, LONGEST - hash.length - 1)}-${hash}`;
}

/** A name that no service, job or resource of a system has, and no other one of `taken`. */
export function freeName(wanted: string, system: ResolvedSystem, taken: readonly string[] = []): string {
  const parts = [system.services, system.jobs, system.resources].flatMap((each) => Object.keys(each));
  const all = new Set([...parts, ...taken]);
  let name = wanted;
  for (let number = 1; all.has(name); number++) name = `${wanted}-${number}`;
  return name;
}
