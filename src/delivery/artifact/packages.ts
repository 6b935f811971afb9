import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What must be installed beside the files of a service, once for each lock file. */
export interface PackageNeed {
  kind: 'npm' | 'python';
  /** Content address: lock file, package file, platform and runtime. */
  key: string;
  /** Files to copy before installing: [from (absolute), to (relative)]. */
  files: [string, string][];
  /** The workspace inside the copied tree (`systems/hello`), or `.`. */
  workspace: string;
  locked: boolean;
  /** For steps of a pipeline: with what only tests and builds need, of these workspaces together. Left out for artifacts. */
  development?: { workspaces: string[] };
}

interface PackageFile {
  name?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  workspaces?: string[] | { packages: string[] };
}

/** Null: the folder needs nothing installed. `top` is the highest folder to look for a lock file in. */
export function npmNeed(folder: string, top: string): Omit<PackageNeed, 'key'> | null {
  const file = path.join(folder, 'package.json');
  const own = readPackageFile(file);
  return own === null ? null : npmNeedOf(folder, top, hasDependencies(own));
}

function npmNeedOf(folder: string, top: string, isNeeded: boolean): Omit<PackageNeed, 'key'> | null {
  if (!isNeeded) return null;
  const file = path.join(folder, 'package.json');
  const lock = findLock(folder, top);
  if (lock === null) return { kind: 'npm', files: [[file, 'package.json']], workspace: '.', locked: false };
  const root = path.dirname(lock);
  const workspace = relative(lock, folder) || '.';
  const names = ['package.json', 'package-lock.json', '.npmrc', ...workspaceFiles(lock)];
  const files = [...new Set(names)].map((name): [string, string] => [path.join(root, name), name]);
  return { kind: 'npm', files: files.filter(([from]) => existsSync(from)), workspace, locked: true };
}

/** What folders of one tree need together for tests and builds: once for each lock file, once for each Python folder. */
export function developmentNeeds(folders: string[], top: string): Omit<PackageNeed, 'key'>[] {
  const npm = folders.map((folder) => npmDevelopmentNeed(folder, top)).filter((need) => need !== null);
  const byRoot = Map.groupBy(npm, rootOf);
  const together = [...byRoot.values()].map((needs) => ({
    ...needs[0]!,
    workspace: '.',
    development: { workspaces: [...new Set(needs.map(({ workspace }) => workspace))].sort() },
  }));
  return [...together, ...folders.map(pythonDevelopmentNeed).filter((need) => need !== null)];
}

/** The same for what is done with the files before they run: tests and builds need the packages for development, too. */
export function npmDevelopmentNeed(folder: string, top: string): Omit<PackageNeed, 'key'> | null {
  const own = readPackageFile(path.join(folder, 'package.json'));
  if (own === null) return null;
  const needs = hasDependencies(own) || Object.keys(own.devDependencies ?? {}).length > 0;
  return npmNeedOf(folder, top, needs || own.workspaces !== undefined);
}

function pythonDevelopmentNeed(folder: string): Omit<PackageNeed, 'key'> | null {
  const names = ['requirements.txt', 'requirements-dev.txt'].filter((name) =>
    existsSync(path.join(folder, name)),
  );
  if (names.length === 0) return null;
  const files = names.map((name): [string, string] => [path.join(folder, name), name]);
  return { kind: 'python', files, workspace: '.', locked: true, development: { workspaces: ['.'] } };
}

/** The folder that its files were found in, absolute. */
export function rootOf({ files: [first] }: Pick<PackageNeed, 'files'>): string {
  const [from, to] = first!;
  return from.slice(0, -to.length - 1);
}

export function pythonNeed(folder: string): Omit<PackageNeed, 'key'> | null {
  const file = path.join(folder, 'requirements.txt');
  if (!existsSync(file) || requirementNames(readFileSync(file, 'utf8')).length === 0) return null;
  return { kind: 'python', files: [[file, 'requirements.txt']], workspace: '.', locked: true };
}

/** `Flask>=2.0  # web` → `Flask`; options and blank lines are left out. */
export function requirementNames(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('-'))
    .map((line) => /^[A-Za-z0-9._-]+/.exec(line)?.[0] ?? line);
}

function hasDependencies(own: PackageFile): boolean {
  return Object.keys({ ...own.dependencies, ...own.optionalDependencies }).length > 0;
}

function readPackageFile(file: string): PackageFile | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PackageFile;
  } catch {
    return null;
  }
}

/** The nearest lock file at or above a folder; above it only where it is the lock of a workspace root. */
function findLock(folder: string, top: string): string | null {
  const lock = path.join(folder, 'package-lock.json');
  if (existsSync(lock)) return lock;
  const above = foldersAbove(folder, top).map((parent) => path.join(parent, 'package-lock.json'));
  return (
    above.find((file) => existsSync(file) && workspacesOf(file).includes(relative(file, folder))) ?? null
  );
}

function foldersAbove(folder: string, top: string): string[] {
  const parent = path.dirname(folder);
  return folder === top || parent === folder ? [] : [parent, ...foldersAbove(parent, top)];
}

function relative(lock: string, folder: string): string {
  return path.relative(path.dirname(lock), folder).split(path.sep).join('/');
}

/** package.json of every workspace that a lock file knows: npm checks them all against it. */
function workspaceFiles(lock: string): string[] {
  return workspacesOf(lock).map((name) => `${name}/package.json`);
}

/** Folders of the workspaces that a lock file knows; none where it can't be read (npm then says why). */
function workspacesOf(lock: string): string[] {
  return Object.keys(readLock(lock).packages ?? {}).filter(
    (name) => name !== '' && !name.includes('node_modules') && !name.startsWith('..'),
  );
}

function readLock(lock: string): { packages?: Record<string, unknown> } {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) ?? {};
  } catch {
    return {};
  }
}
