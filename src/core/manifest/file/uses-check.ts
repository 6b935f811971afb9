import type { Finding, Path } from '../mistakes.ts';
import { didYouMean, valueText } from '../mistakes.ts';
import { bindingVariable, NAME } from '../names.ts';
import { nearest } from '../nearest.ts';
import { boundVariables, textsOf } from './env-check.ts';
import { isCallable } from './service-check.ts';
import { mapAt } from './value-at.ts';

/** Who uses whom: the names exist, can be called, appear once, and lead in no circle. */
export function checkUses(file: unknown): Finding[] {
  const services = usesOf('services', file);
  const lists = (kind: 'services' | 'jobs', uses: Map<string, string[]>) =>
    [...uses].flatMap(([name, list]) => checkList(list, [kind, name, 'uses'], file));
  return [...lists('services', services), ...lists('jobs', usesOf('jobs', file)), ...checkCycles(services)];
}

function usesOf(kind: 'services' | 'jobs', file: unknown): Map<string, string[]> {
  const names = Object.keys(mapAt(file, [kind]));
  return new Map(names.map((name) => [name, textsOf(mapAt(file, [kind, name]).uses)]));
}

function checkList(list: string[], above: Path, file: unknown): Finding[] {
  const variables = new Map<string, string>();
  const bound = new Map([...boundVariables(list, file)].map(([variable, use]) => [use, variable]));
  return list.flatMap((use, index) => {
    const path = [...above, String(index)];
    const variable = bound.get(use) ?? bindingVariable(use);
    const before = variables.get(variable);
    variables.set(variable, use);
    if (before !== undefined) return [twice(path, use, before, variable)];
    return checkUse(use, path, file);
  });
}

function twice(path: Path, use: string, before: string, variable: string): Finding {
  const message =
    use === before
      ? `${valueText(use)} is in the list twice`
      : `${valueText(use)} and ${valueText(before)} would both be in ${variable}`;
  return { code: 'wrong-use', path, message, at: 'value' };
}

function checkUse(use: string, path: Path, file: unknown): Finding[] {
  const parts = use.split('/');
  if (parts.length === 2 && parts.every((part) => NAME.test(part))) return checkForeign(parts, path, file);
  const services = mapAt(file, ['services']);
  if (Object.hasOwn(services, use)) {
    const hint = `Add port: true to ${use}.`;
    const message = `${valueText(use)} is a worker (it has no port), so nobody can call it`;
    return isCallable(services[use]) ? [] : [{ code: 'wrong-use', path, message, hint, at: 'value' }];
  }
  const resources = mapAt(file, ['resources']);
  if (Object.hasOwn(resources, use)) return [];
  if (Object.hasOwn(mapAt(file, ['jobs']), use)) {
    const message = `${valueText(use)} is a job, so nobody can call it`;
    return [{ code: 'wrong-use', path, message, at: 'value' }];
  }
  return [unknownUse(use, path, { services: Object.keys(services), resources: Object.keys(resources) })];
}

function checkForeign([system, service]: string[], path: Path, file: unknown): Finding[] {
  if (mapAt(file).name !== system) return [];
  const message = `${valueText(`${system}/${service}`)} is of this system`;
  return [{ code: 'wrong-use', path, message, hint: `Write ${JSON.stringify(service)}.`, at: 'value' }];
}

function unknownUse(
  name: string,
  path: Path,
  { services, resources }: { services: string[]; resources: string[] },
): Finding {
  if (resources.length === 0) return unknownService(name, path, services);
  const names = [...services, ...resources];
  const hint =
    didYouMean(nearest(name, names)) ?? `Services and resources: ${names.slice(0, 20).join(', ')}.`;
  const message = `there is no service or resource ${valueText(name)}`;
  return { code: 'unknown-service', path, message, hint, at: 'value' };
}

/** A name that no service has. */
export function unknownService(name: string, path: Path, services: string[]): Finding {
  const hint = didYouMean(nearest(name, services)) ?? `Services: ${services.slice(0, 20).join(', ')}.`;
  return {
    code: 'unknown-service',
    path,
    message: `there is no service ${valueText(name)}`,
    hint,
    at: 'value',
  };
}

/** One mistake for each circle, told from the service that is written first. */
function checkCycles(uses: Map<string, string[]>): Finding[] {
  const findings: Finding[] = [];
  const done = new Set<string>();
  for (const name of uses.keys()) {
    const cycle = done.has(name) ? null : findCycle([name], uses, done);
    if (cycle) findings.push(cycleMistake(cycle, uses));
  }
  return findings;
}

function findCycle(trail: string[], uses: Map<string, string[]>, done: Set<string>): string[] | null {
  const name = trail.at(-1)!;
  for (const use of uses.get(name) ?? []) {
    if (!uses.has(use) || done.has(use)) continue;
    const begin = trail.indexOf(use);
    const cycle = begin >= 0 ? [...trail.slice(begin), use] : findCycle([...trail, use], uses, done);
    if (cycle) {
      done.add(name);
      return cycle;
    }
  }
  done.add(name);
  return null;
}

function cycleMistake(cycle: string[], uses: Map<string, string[]>): Finding {
  const [first, second] = [cycle[0]!, cycle[1]!];
  const path = ['services', first, 'uses', String(uses.get(first)!.indexOf(second))];
  const hint = 'Take one of them out: a circle has no order to start in.';
  return {
    code: 'uses-cycle',
    path,
    message: `services use each other in a circle: ${cycle.join(' → ')}`,
    hint,
    at: 'value',
  };
}
