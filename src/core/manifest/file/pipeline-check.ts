import type { Finding, Path } from '../mistakes.ts';
import { didYouMean, valueText } from '../mistakes.ts';
import { nearest } from '../nearest.ts';
import { boundVariables, checkEnv } from './env-check.ts';
import { checkCommand, checkSource } from './program-check.ts';
import { isMap, mapAt } from './value-at.ts';

/** Names of steps that Escale carries out itself. */
const OWN_STEPS = ['deploy', 'checkout', 'install', 'release'];

/** Each step on its own, and that they can come one after the other. */
export function checkPipeline(file: unknown): Finding[] {
  const steps = Object.entries(mapAt(file, ['pipeline']));
  return [
    ...steps.flatMap(([name, step]) => checkStep(name, step, file)),
    ...checkCircle(steps.filter(([, step]) => isMap(step)) as [string, Record<string, unknown>][]),
  ];
}

function checkStep(name: string, step: unknown, file: unknown): Finding[] {
  const path = ['pipeline', name];
  if (OWN_STEPS.includes(name))
    return [
      {
        ...{ code: 'wrong-name', path, at: 'key' },
        message: `the step ${valueText(name)} is Escale’s own`,
        hint: 'Leave it out, or give it another name.',
      },
    ];
  if (typeof step === 'boolean') return name === 'quality' ? [] : [notSwitched(path)];
  if (!isMap(step)) return checkCommand(step, { of: 'step', callable: false, path });
  return [
    ...checkProgram(step, path),
    ...checkSource(step, path),
    ...checkNeeds(step, path, file),
    ...checkUses(step, path, file),
    ...['results', 'artifacts', 'cache'].flatMap((key) => checkPaths(step[key], [...path, key])),
    ...checkEnv(step.env, [...path, 'env'], boundVariables(step.uses, file)),
  ];
}

function notSwitched(path: Path): Finding {
  const hint = 'For example test: npm test. Leave the step out to have none.';
  return { code: 'wrong-value', path, message: 'expected a command, or a map with one', hint, at: 'value' };
}

function checkProgram(step: Record<string, unknown>, path: Path): Finding[] {
  if (step.command !== undefined)
    return checkCommand(step.command, { of: 'step', callable: false, path: [...path, 'command'] });
  const hint = 'For example command: npm test';
  return [{ code: 'missing-key', path, message: 'expected a command, but it is missing', hint }];
}

function checkNeeds(step: Record<string, unknown>, path: Path, file: unknown): Finding[] {
  const names = Object.entries(mapAt(file, ['pipeline'])).flatMap(([name, value]) =>
    typeof value === 'boolean' || name === 'build' ? [] : [name],
  );
  return textsAt(step.needs).flatMap((need, index): Finding[] => {
    if (names.includes(need) && need !== path[1]) return [];
    const at = { code: 'wrong-use', path: [...path, 'needs', String(index)], at: 'value' } as const;
    if (need === path[1]) return [{ ...at, message: 'a step can’t need itself' }];
    if (need === 'build') return [{ ...at, message: '`build` comes last: no step can need it' }];
    const hint = didYouMean(nearest(need, names)) ?? `Steps: ${names.join(', ') || 'none'}.`;
    return [{ ...at, message: `there is no step ${valueText(need)}`, hint }];
  });
}

function checkUses(step: Record<string, unknown>, path: Path, file: unknown): Finding[] {
  const names = Object.keys(mapAt(file, ['resources']));
  return textsAt(step.uses).flatMap((use, index): Finding[] => {
    if (names.includes(use)) return [];
    const hint = didYouMean(nearest(use, names)) ?? `Resources: ${names.join(', ') || 'none'}.`;
    const message = `a step uses resources of its system only, and there is none ${valueText(use)}`;
    return [{ code: 'wrong-use', path: [...path, 'uses', String(index)], message, hint, at: 'value' }];
  });
}

/** Paths stay below the step's folder, before links are followed; links are looked at when they are read. */
function checkPaths(list: unknown, path: Path): Finding[] {
  return textsAt(list).flatMap((text, index): Finding[] => {
    const parts = text.split('/');
    if (!text.startsWith('/') && !parts.includes('..')) return [];
    const message = `expected a path below the step’s folder, got ${valueText(text)}`;
    return [{ code: 'wrong-value', path: [...path, String(index)], message, at: 'value' }];
  });
}

function checkCircle(steps: [string, Record<string, unknown>][]): Finding[] {
  const needs = new Map(
    steps.map(([name, step]) => [name, textsAt(step.needs).filter((need) => need !== name)]),
  );
  const circle = steps.find(([name]) => reached(name, needs).has(name));
  if (circle === undefined) return [];
  const message = `steps need each other in a circle: ${valueText(circle[0])} needs itself in the end`;
  const hint = 'Take one of them out: a circle has no order to start in.';
  return [{ code: 'uses-cycle', path: ['pipeline', circle[0], 'needs'], message, hint }];
}

/** Every step that must come before this one. */
function reached(name: string, needs: Map<string, string[]>): Set<string> {
  const found = new Set<string>();
  const waiting = [name];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const need of needs.get(next) ?? []) {
      if (!found.has(need)) waiting.push(need);
      found.add(need);
    }
  return found;
}

function textsAt(list: unknown): string[] {
  return Array.isArray(list) ? list.filter((text) => typeof text === 'string') : [];
}
