import type { Finding, Path } from '../mistakes.ts';
import { valueText } from '../mistakes.ts';
import { checkContainer, isContainer } from './container-check.ts';
import { boundVariables, checkEnv } from './env-check.ts';
import { checkCommand, checkSource } from './program-check.ts';
import { isMap, mapAt, valueAt } from './value-at.ts';

/** Each service on its own: what it runs, where its files are, what contradicts itself. */
export function checkServices(file: unknown): Finding[] {
  return Object.entries(mapAt(file, ['services'])).flatMap(([name, service]) => {
    if (!isMap(service)) return [];
    const path = ['services', name];
    return [
      ...checkProgram(service, path),
      ...checkSource(service, path),
      ...checkContainer(service, path),
      ...checkProbes(service, path),
      ...checkVolume(service, path),
      ...checkSpread(service, path),
      ...checkEnv(service.env, [...path, 'env'], boundVariables(service.uses, file)),
    ];
  });
}

/** True when it can be called: it has a port, or is served as files. */
export function isCallable(service: unknown): boolean {
  return isMap(service) && (service.port !== undefined || service.static !== undefined);
}

function checkProgram(service: Record<string, unknown>, path: Path): Finding[] {
  const { command, static: files } = service;
  if (command !== undefined && files !== undefined) {
    return [
      {
        code: 'contradiction',
        path: [...path, 'static'],
        message: 'a service has either a command or static, not both',
      },
    ];
  }
  if (command === undefined) {
    const hint =
      'For example command: node server.ts, static: true for a folder of files, or an image or dockerfile on Docker.';
    const message = 'expected a command, static, image or dockerfile, but none is there';
    return files === undefined && !isContainer(service) ? [{ code: 'missing-key', path, message, hint }] : [];
  }
  return checkCommand(command, { of: 'service', callable: isCallable(service), path: [...path, 'command'] });
}

function checkProbes(service: Record<string, unknown>, path: Path): Finding[] {
  if (isCallable(service)) return [];
  const hint = 'Add port: true to the service, or leave the path out.';
  return ['ready', 'live']
    .filter((key) => valueAt(service, ['health', key]) !== undefined)
    .map((key): Finding => {
      const message = 'a probe needs a port to ask at, and this service has none';
      return { code: 'contradiction', path: [...path, 'health', key], message, hint };
    });
}

function checkVolume(service: Record<string, unknown>, path: Path): Finding[] {
  const { volume, replicas } = service;
  return [
    ...(volume !== undefined && !isOne(replicas) ? [volumeMistake([...path, 'replicas'], replicas)] : []),
    ...scalingMistakes([...path, 'replicas'], replicas),
  ];
}

/** Whether it may be the number of a service that has one instance; what is no number is told elsewhere. */
export function isOne(replicas: unknown): boolean {
  if (typeof replicas === 'object' && replicas !== null) return Array.isArray(replicas);
  return replicas === 1 || !Number.isInteger(replicas);
}

/** What is wrong with `{min, max}` as a whole. */
export function scalingMistakes(path: Path, replicas: unknown): Finding[] {
  const { min, max } = (typeof replicas === 'object' ? (replicas ?? {}) : {}) as Record<string, unknown>;
  if (!Number.isInteger(min) || !Number.isInteger(max) || (min as number) <= (max as number)) return [];
  const message = `min is ${min}, which is more than max, ${max}`;
  return [{ code: 'contradiction', path: [...path, 'min'], message, at: 'value' }];
}

/** With one instance on each machine, their number is no choice, and a folder would have several. */
function checkSpread({ spread, replicas, volume }: Record<string, unknown>, path: Path): Finding[] {
  if (spread !== 'every-node') return [];
  const wrong = { replicas, volume };
  return Object.entries(wrong).flatMap(([key, value]): Finding[] =>
    value === undefined ? [] : [spreadMistake([...path, key], key)],
  );
}

/** What a service with an instance on each machine can't have. */
export function spreadMistake(path: Path, key: string): Finding {
  const message =
    key === 'volume'
      ? 'a service on every node has no folder of its own that outlives its instances'
      : 'a service on every node has as many instances as there are nodes';
  return { code: 'contradiction', path, message, hint: 'Leave it out, or spread.' };
}

/** A service with a volume has exactly one instance. */
export function volumeMistake(path: Path, replicas: unknown): Finding {
  const message = `a service with a volume has exactly 1 instance, got ${valueText(replicas)}`;
  return { code: 'contradiction', path, message, at: 'value' };
}
