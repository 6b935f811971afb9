import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

const LONGEST_MS = 300_000;

/** Runs a tool of the project to its end; whatever it finds makes its exit code. */
export function run(words: string[], cwd: string): Answer {
  const [program, ...args] = words;
  const options = { cwd, encoding: 'utf8', maxBuffer: 64 << 20, timeout: LONGEST_MS } as const;
  const { status, stdout, stderr, error } = spawnSync(program!, args, options);
  return { code: status, stdout: stdout ?? '', stderr: stderr ?? error?.message ?? '' };
}

/** A program that the project has installed, from a folder up to the top; null: it has none. */
export function installed(name: string, folder: string, top: string): string | null {
  return (
    above(folder, top)
      .map((one) => path.join(one, 'node_modules', '.bin', name))
      .find((file) => existsSync(file)) ?? null
  );
}

/** The nearest folder from here up to the top that holds one of these files. */
export function nearestWith(names: string[], folder: string, top: string): string | null {
  return above(folder, top).find((one) => names.some((name) => existsSync(path.join(one, name)))) ?? null;
}

function above(folder: string, top: string): string[] {
  return folder === top || path.dirname(folder) === folder
    ? [folder]
    : [folder, ...above(path.dirname(folder), top)];
}

export function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(path.join(folder, name)));
}

export function parsed<Value>(text: string): Value | null {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return null;
  }
}
