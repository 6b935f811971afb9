import { execFile } from 'node:child_process';
import type { BigIntStats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { EscaleError } from '../../core/errors/index.ts';
import { gitEnvironment } from '../../host/index.ts';
import { leadsOut } from './links.ts';

const run = promisify(execFile);

/** One file or link of a source folder. */
export interface SourceFile {
  /** Relative, `/`-separated. */
  path: string;
  kind: 'file' | 'link';
  /** Target of a link as it stands; empty for a file. */
  target: string;
  executable: boolean;
  size: number;
  /** Changes whenever the content may have changed: for the cache of digests. */
  stamp: string;
}

/** Never part of an artifact where no git says what is. */
const LEFT_OUT = new Set([
  'node_modules',
  '.git',
  '.hg',
  '.venv',
  'venv',
  '__pycache__',
  '.escale',
  '.DS_Store',
  '.env',
]);
const MOST_FILES = 100_000;
const GIT_OUTPUT = 64 << 20;

/**
 * The files that belong to a folder, sorted by path: what git tracks or does not ignore; without git (or where
 * git ignores the whole folder, as with a build's output) everything but packages, caches and `.env`.
 */
export async function sourceFiles(
  folder: string,
  which: 'what git says' | 'all of it' = 'what git says',
): Promise<SourceFile[]> {
  const said = which === 'all of it' ? null : await gitNames(folder);
  const names = said ?? (await walk(folder, ''));
  if (names.length > MOST_FILES) throw tooMany(folder, names.length);
  const files = await Promise.all(names.map((name) => describe(folder, name)));
  return files.filter((file) => file !== null).sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function gitNames(folder: string): Promise<string[] | null> {
  try {
    const options = { cwd: folder, maxBuffer: GIT_OUTPUT, env: gitEnvironment() };
    const { stdout } = await run('git', ['ls-files', '-z', '-co', '--exclude-standard'], options);
    const names = stdout.split('\0').filter((name) => name !== '' && !isLeftOut(name));
    return names.length === 0 ? null : [...new Set(names)];
  } catch {
    return null;
  }
}

function isLeftOut(name: string): boolean {
  return name.split('/').some((part) => LEFT_OUT.has(part));
}

async function walk(folder: string, below: string): Promise<string[]> {
  const entries = await readdir(path.join(folder, below), { withFileTypes: true });
  const lists = await Promise.all(
    entries
      .filter((entry) => !LEFT_OUT.has(entry.name))
      .map((entry) => {
        const name = below === '' ? entry.name : `${below}/${entry.name}`;
        return entry.isDirectory() ? walk(folder, name) : [name];
      }),
  );
  return lists.flat();
}

/** Null for what is gone meanwhile (tracked but deleted), a folder (a submodule) or no plain file. */
async function describe(folder: string, name: string): Promise<SourceFile | null> {
  const file = path.join(folder, name);
  const stat = await lstat(file, { bigint: true }).catch(() => null);
  if (stat === null) return null;
  const stamp = stampOf(stat);
  const common = {
    path: name,
    executable: (Number(stat.mode) & 0o100) !== 0,
    size: Number(stat.size),
    stamp,
  };
  if (stat.isFile()) return { ...common, kind: 'file', target: '' };
  if (!stat.isSymbolicLink()) return null;
  const target = await readlink(file);
  if (await leadsOut(folder, name, target)) throw escapingLink(file, target);
  return { ...common, kind: 'link', target };
}

/** Whether a file is still what it was when it was described. */
export async function isUnchanged(folder: string, file: SourceFile): Promise<boolean> {
  const stat = await lstat(path.join(folder, file.path), { bigint: true }).catch(() => null);
  return stat !== null && stampOf(stat) === file.stamp;
}

function stampOf(stat: BigIntStats): string {
  return `${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}`;
}

function escapingLink(file: string, target: string): EscaleError {
  return new EscaleError(
    'link-escapes',
    `${file} links to ${target}, which is outside the service's folder`,
    { place: file, next: 'Make it a file, or let the link point inside the folder.' },
  );
}

function tooMany(folder: string, count: number): EscaleError {
  return new EscaleError(
    'source-too-large',
    `${folder} has ${count} files; at most ${MOST_FILES} can be delivered`,
    { place: folder, next: 'Name the folders that do not belong to it in .gitignore.' },
  );
}
