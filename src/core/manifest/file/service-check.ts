import { parseSource } from '../folder.ts';
import type { Finding, Path } from '../mistakes.ts';
import { valueText } from '../mistakes.ts';
import { bindingVariable } from '../names.ts';
import { hasPlaceholder, splitWords, strayPlaceholder } from '../words.ts';
import { isMap, mapAt, valueAt } from './value-at.ts';

const OWN_VARIABLES = new Set(['HOST', 'PORT', 'DATA_DIR']);

/** Each service on its own: what it runs, where its files are, what contradicts itself. */
export function checkServices(file: unknown): Finding[] {
  return Object.entries(mapAt(file, ['services'])).flatMap(([name, service]) => {
    if (!isMap(service)) return [];
    const path = ['services', name];
    return [
      ...checkProgram(service, path),
      ...checkSource(service, path),
      ...checkProbes(service, path),
      ...checkVolume(service, path),
      ...checkEnv(service.env, [...path, 'env'], service.uses),
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
    const later = 'image' in service || 'dockerfile' in service;
    const hint = 'For example command: node server.ts, or static: true for a folder of files.';
    return files === undefined && !later
      ? [{ code: 'missing-key', path, message: 'expected a command (or static), but neither is there', hint }]
      : [];
  }
  return checkCommand(command, { callable: isCallable(service), path: [...path, 'command'] });
}

function checkCommand(command: unknown, { callable, path }: { callable: boolean; path: Path }): Finding[] {
  const words = wordsOf(command);
  if (words === null) return [];
  if ('problem' in words) {
    return [
      { code: 'wrong-command', path, message: `the command ${words.problem}`, hint: words.hint, at: 'value' },
    ];
  }
  return [...checkWords(words.words, path), ...checkPlaceholders(words.words, { callable, path })];
}

function wordsOf(command: unknown): ReturnType<typeof splitWords> | null {
  if (typeof command === 'string') return command === '' ? null : splitText(command);
  const isWords = Array.isArray(command) && command.every((word) => typeof word === 'string');
  return isWords ? { words: command } : null;
}

function splitText(command: string): ReturnType<typeof splitWords> {
  const control = /[\u0000-\u0008\u000b-\u001f\u007f]/.test(command);
  return control ? { problem: 'has a control character', hint: 'Take it out.' } : splitWords(command);
}

function checkWords(words: string[], path: Path): Finding[] {
  const wrong = (message: string): Finding => ({ code: 'wrong-command', path, message, at: 'value' });
  if (words[0]?.trim() === '') return [wrong('the first word of the command is empty')];
  return words.some((word) => word.includes('\0')) ? [wrong('a word of the command has a zero byte')] : [];
}

function checkPlaceholders(
  words: string[],
  { callable, path }: { callable: boolean; path: Path },
): Finding[] {
  const stray = strayPlaceholder(words);
  if (stray !== null && !stray.startsWith(`\${secret`)) {
    const hint = `Only \${HOST} and \${PORT} are filled in. The program reads other variables from its environment.`;
    return [{ code: 'wrong-command', path, message: `nobody fills in ${stray}`, hint, at: 'value' }];
  }
  if (callable || !hasPlaceholder(words)) return [];
  const hint = 'Add port: true to the service.';
  return [
    {
      code: 'wrong-command',
      path,
      message: `the command names \${HOST} or \${PORT}, but the service has no port`,
      hint,
      at: 'value',
    },
  ];
}

function checkSource(service: Record<string, unknown>, path: Path): Finding[] {
  if (typeof service.source !== 'string' || service.source === '') return [];
  const parsed = parseSource(service.source);
  if ('source' in parsed) return [];
  const message = `the folder ${valueText(service.source)} ${parsed.problem}`;
  return [{ code: 'wrong-source', path: [...path, 'source'], message, hint: parsed.hint, at: 'value' }];
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
  return volume === true && replicas !== 1 && Number.isInteger(replicas)
    ? [volumeMistake([...path, 'replicas'], replicas)]
    : [];
}

/** A service with a volume has exactly one instance. */
export function volumeMistake(path: Path, replicas: unknown): Finding {
  const message = `a service with a volume has exactly 1 instance, got ${valueText(replicas)}`;
  return { code: 'contradiction', path, message, at: 'value' };
}

/** Names of variables: identifiers that Escale does not set itself; `uses` are the service's own. */
export function checkEnv(env: unknown, path: Path, uses: unknown): Finding[] {
  const used = (Array.isArray(uses) ? uses : []).filter((use) => typeof use === 'string');
  const bound = new Map(used.map((use) => [bindingVariable(use), use]));
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
  return use === undefined ? null : `${name} is set by Escale, because the service uses ${valueText(use)}`;
}
