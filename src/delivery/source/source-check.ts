import { readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finding } from '../../core/manifest/file/index.ts';
import { nearest } from '../../core/manifest/index.ts';
import { isInside } from './find.ts';

/** Checks on disk that each `source` is a folder inside the system's folder, links followed. `value`: a file's content, right or wrong. */
export function checkSources(value: unknown, folder: string): Finding[] {
  return sourcesOf(value).flatMap(([kind, name, source]): Finding[] => {
    const problem = sourceProblem(source, folder);
    if (problem === null) return [];
    const path = [kind, name, 'source'];
    return [
      {
        code: 'wrong-source',
        path,
        at: 'value',
        message: `the folder ${JSON.stringify(source)} ${problem.message}`,
        hint: problem.hint,
      },
    ];
  });
}

function sourcesOf(value: unknown): [kind: string, name: string, source: string][] {
  return ['services', 'jobs'].flatMap((kind) => {
    const parts = isMap(value) && Object.hasOwn(value, kind) ? value[kind] : null;
    return Object.entries(isMap(parts) ? parts : {}).flatMap(([name, part]) => {
      const source = isMap(part) && Object.hasOwn(part, 'source') ? part.source : null;
      const relative = typeof source === 'string' && /^[^/~\\\0][^\\\0]*$/.test(source);
      return relative ? [[kind, name, source] as [string, string, string]] : [];
    });
  });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Problem {
  message: string;
  hint: string | null;
}

function sourceProblem(source: string, folder: string): Problem | null {
  const path = join(folder, source);
  // What leaves the folder as it is written has been refused already.
  if (!isInside(path.replace(/\/$/, ''), folder)) return null;
  try {
    const real = realpathSync(path);
    if (!isInside(real, folder))
      return { message: 'is a link that leads out of the folder of the file', hint: null };
    return statSync(real).isDirectory()
      ? null
      : { message: 'is a file, not a folder', hint: 'Name the folder it is in.' };
  } catch (error) {
    return unreachable((error as NodeJS.ErrnoException).code, path);
  }
}

function unreachable(code: string | undefined, path: string): Problem {
  if (code === 'ELOOP') return { message: 'is a link that leads to itself', hint: null };
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return { message: `can’t be read (${code})`, hint: null };
  const near = nearest(path.replace(/\/$/, '').split('/').at(-1)!, foldersBeside(path));
  return { message: 'does not exist', hint: near ? `Did you mean ${JSON.stringify(near)}?` : null };
}

function foldersBeside(path: string): string[] {
  try {
    const entries = readdirSync(dirname(path.replace(/\/$/, '')), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .slice(0, 1000);
  } catch {
    return [];
  }
}
