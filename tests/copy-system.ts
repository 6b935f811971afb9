import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '..');
const PACKAGE_FILES = [
  ...['package.json', 'package-lock.json', 'dashboard/package.json'],
  ...['systems/*/package.json', 'systems/*/*/package.json'],
];

/**
 * Copies one of `systems/` into a new repository, to be changed at will, and returns its folder. It is a workspace (or
 * several): its lock file is the repository's, and npm wants the package files of all of them.
 */
export function copySystem(name: string, repository: string): string {
  for (const file of globSync(PACKAGE_FILES, { cwd: ROOT, exclude: (each) => each.includes('node_modules') }))
    copy(file, repository);
  const folder = path.join('systems', name);
  const isSource = (file: string) => !file.includes('node_modules') && !file.endsWith('.test.ts');
  copy(folder, repository, isSource);
  execFileSync('git', ['init', '--quiet', repository]);
  return path.join(repository, folder);
}

function copy(file: string, repository: string, filter?: (file: string) => boolean): void {
  const to = path.join(repository, file);
  mkdirSync(path.dirname(to), { recursive: true });
  cpSync(path.join(ROOT, file), to, { recursive: true, ...(filter && { filter }) });
}
