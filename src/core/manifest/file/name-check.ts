import type { Finding, Path } from '../mistakes.ts';
import { valueText } from '../mistakes.ts';
import { NAME, NAME_EXPECTED, toName } from '../names.ts';
import { isMap, mapAt, valueAt } from './value-at.ts';

const MOST_SERVICES = 200;

/** Names of the system, its parts, its environments and its steps. */
export function checkNames(file: unknown): Finding[] {
  const system = valueAt(file, ['name']);
  const findings = typeof system === 'string' && system !== '' ? checkName(system, ['name'], 'value') : [];
  if (system === 'escale') findings.push(reserved(['name'], 'the name "escale" is Escale’s own'));
  for (const kind of ['services', 'jobs', 'resources', 'environments', 'pipeline']) {
    for (const name of Object.keys(mapAt(file, [kind])))
      findings.push(...checkName(name, [kind, name], 'key'));
  }
  return [...findings, ...checkTwice(file), ...checkNumber(file)];
}

/** Instances, logs and commands name a part of a system by its name alone. */
function checkTwice(file: unknown): Finding[] {
  const kinds = new Map<string, string>();
  return ['services', 'jobs', 'resources'].flatMap((kind) =>
    Object.keys(mapAt(file, [kind])).flatMap((name): Finding[] => {
      const before = kinds.get(name);
      kinds.set(name, before ?? kind);
      if (before === undefined) return [];
      const message = `${valueText(name)} is the name of one of the ${before} already`;
      return [{ code: 'wrong-name', path: [kind, name], message, hint: 'Rename one of them.' }];
    }),
  );
}

function checkName(name: string, path: Path, at: 'key' | 'value'): Finding[] {
  if (NAME.test(name)) return [];
  const near = toName(name);
  const hint = near ? `For example ${JSON.stringify(near)}.` : null;
  return [
    { code: 'wrong-name', path, message: `expected ${NAME_EXPECTED}, got ${valueText(name)}`, hint, at },
  ];
}

function reserved(path: Path, message: string): Finding {
  return { code: 'wrong-name', path, message, at: 'value' };
}

function checkNumber(file: unknown): Finding[] {
  const services = valueAt(file, ['services']);
  if (!isMap(services)) return [];
  const count = Object.keys(services).length;
  if (count === 0) {
    return [{ code: 'wrong-value', path: ['services'], message: 'expected at least one service, got none' }];
  }
  const message = `expected at most ${MOST_SERVICES} services, got ${count}`;
  return count > MOST_SERVICES ? [{ code: 'wrong-value', path: ['services'], message }] : [];
}
