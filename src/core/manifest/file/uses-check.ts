import type { Finding, Path } from '../mistakes.ts';
import { didYouMean, valueText } from '../mistakes.ts';
import { bindingVariable, NAME } from '../names.ts';
import { nearest } from '../nearest.ts';
import { isCallable } from './service-check.ts';
import { mapAt } from './value-at.ts';

/** Who uses whom: the names exist, can be called, appear once, and lead in no circle. */
export function checkUses(file: unknown): Finding[] {
  const uses = usesOf(file);
  return [...uses].flatMap(([name, list]) => checkList(name, list, file)).concat(checkCycles(uses));
}

function usesOf(file: unknown): Map<string, string[]> {
  const services = Object.keys(mapAt(file, ['services']));
  return new Map(services.map((name) => [name, textsOf(mapAt(file, ['services', name]).uses)]));
}

function textsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

function checkList(name: string, list: string[], file: unknown): Finding[] {
  const variables = new Map<string, string>();
  return list.flatMap((use, index) => {
    const path = ['services', name, 'uses', String(index)];
    const before = variables.get(bindingVariable(use));
    variables.set(bindingVariable(use), use);
    if (before !== undefined) return [twice(path, use, before)];
    return checkUse(use, path, file);
  });
}

function twice(path: Path, use: string, before: string): Finding {
  const message =
    use === before
      ? `${valueText(use)} is in the list twice`
      : `${valueText(use)} and ${valueText(before)} would both be in ${bindingVariable(use)}`;
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
  // A resource is refused where it is declared.
  if (Object.hasOwn(mapAt(file, ['resources']), use)) return [];
  return [unknownService(use, path, Object.keys(services))];
}

function checkForeign([system, service]: string[], path: Path, file: unknown): Finding[] {
  if (mapAt(file).name !== system) return [];
  const message = `${valueText(`${system}/${service}`)} is of this system`;
  return [{ code: 'wrong-use', path, message, hint: `Write ${JSON.stringify(service)}.`, at: 'value' }];
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
