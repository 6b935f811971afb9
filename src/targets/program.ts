import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createGzip } from 'node:zlib';

/** Escale as it is brought to a host: two trees, each named by its content, so that each is sent once. */
export interface Program {
  /** Packages: the runtime, PostgreSQL, libraries. They change with the lock file. */
  packages: Part;
  /** Escale itself. Its name says which packages, too: it is the version. */
  sources: Part;
}

export interface Part {
  digest: string;
  /** What it is, as paths below the root that it is taken from. */
  paths: string[];
}

const SOURCES = ['src', 'bin', 'package.json'];
/** Tests and what only they use. */
const LEFT_OUT = /\.test\.ts$|\/testing(\/|$)/;

/** What would be sent from a folder of Escale with its packages installed. */
export async function programIn(root: string): Promise<Program> {
  const names = productionPackages(root);
  const versions = names.map((name) => [name, versionOf(path.join(root, name))]);
  const packages = { digest: digestOf([process.platform, process.arch, versions]), paths: names };
  const files = await Promise.all(SOURCES.map((name) => filesBelow(root, name)));
  const contents = await Promise.all(
    files.flat().map(async (file) => [file, digestOf(await readFile(path.join(root, file), 'latin1'))]),
  );
  return { packages, sources: { digest: digestOf([packages.digest, contents]), paths: SOURCES } };
}

/** A part as a compressed archive, to a stream. The process's exit says whether it is whole. */
export function archiveOf(
  root: string,
  { paths }: Part,
): { archive: NodeJS.ReadableStream; tar: ChildProcess } {
  const without = ['--exclude=*.test.ts', '--exclude=testing', '--exclude=node_modules/.cache'];
  const tar = spawn('tar', ['-C', root, ...without, '-cf', '-', ...paths], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const archive = tar.stdout.pipe(createGzip({ level: 1 }));
  tar.once('close', (code) => {
    if (code !== 0) archive.destroy(new Error(`tar ended with ${code}`));
  });
  return { archive, tar };
}

/** Folders of everything that the package in `root` needs to run, as they are installed; sorted, relative to it. */
function productionPackages(root: string): string[] {
  const found = new Set<string>();
  const visit = (folder: string) => {
    const { dependencies, optionalDependencies, peerDependencies } = packageFile(folder);
    const needs = { ...dependencies, ...optionalDependencies, ...(folder === root ? {} : peerDependencies) };
    for (const name of Object.keys(needs)) {
      const installed = installedAt(name, folder, root);
      // Of other platforms, or not wanted by who installed.
      if (installed === null || found.has(installed)) continue;
      found.add(installed);
      visit(installed);
    }
  };
  visit(root);
  return [...found].map((folder) => path.relative(root, folder)).sort();
}

/** Where Node would find a package from a folder. */
function installedAt(name: string, from: string, root: string): string | null {
  for (let folder = from; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(candidate, 'package.json'))) return candidate;
    if (folder === root || folder === path.dirname(folder)) return null;
  }
}

type Needs = Record<string, string>;

function packageFile(folder: string): {
  version: string;
  dependencies?: Needs;
  optionalDependencies?: Needs;
  peerDependencies?: Needs;
} {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

function versionOf(folder: string): string {
  return packageFile(folder).version;
}

async function filesBelow(root: string, name: string): Promise<string[]> {
  if (path.extname(name) !== '') return [name];
  const entries = await readdir(path.join(root, name), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !LEFT_OUT.test(file))
    .sort();
}

function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(typeof value === 'string' ? value : JSON.stringify(value))
    .digest('hex');
}
