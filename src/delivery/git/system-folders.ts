import { createHash } from 'node:crypto';
import type { TreeEntry } from './repository.ts';

/** A folder of a commit that has a system's file. */
export interface SystemFolder {
  /** From the top; `.` for the top itself. */
  folder: string;
  file: string;
  /** Equal where nothing of it differs: its files, and the lock files above it that its packages come from. */
  key: string;
}

const FILES = ['escale.yaml', 'escale.yml', 'escale.config.ts'];
/** What packages of a workspace come from stands above the folders that use them. */
const SHARED = ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', '.npmrc'];
/** Folders whose systems are examples for tests, or somebody else's. */
const PASSED_OVER = new Set([
  'node_modules',
  'vendor',
  'test',
  'tests',
  'fixtures',
  'testdata',
  '__fixtures__',
]);

/** The systems of a commit, by folder; and the folders that have one and are passed over. */
export function systemFolders(tree: TreeEntry[]): { systems: SystemFolder[]; passedOver: string[] } {
  const systems: SystemFolder[] = [];
  const passedOver: string[] = [];
  for (const { path: file } of tree) {
    const slash = file.lastIndexOf('/');
    if (!FILES.includes(file.slice(slash + 1))) continue;
    const folder = slash < 0 ? '.' : file.slice(0, slash);
    const isPassed = folder
      .split('/')
      .some((part) => PASSED_OVER.has(part) || (part.startsWith('.') && part !== '.'));
    if (isPassed) passedOver.push(folder);
    // With two files in one folder nobody knows which is meant; whoever reads it says so.
    else if (!systems.some((other) => other.folder === folder))
      systems.push({ folder, file, key: keyOf(tree, folder) });
  }
  return { systems, passedOver };
}

function keyOf(tree: TreeEntry[], folder: string): string {
  const hash = createHash('sha256');
  for (const { path: file, mode, id } of tree)
    if (isInside(file, folder) || isShared(file, folder)) hash.update(`${mode} ${id} ${file}\0`);
  return hash.digest('hex');
}

function isInside(file: string, folder: string): boolean {
  return folder === '.' || file.startsWith(`${folder}/`);
}

function isShared(file: string, folder: string): boolean {
  const slash = file.lastIndexOf('/');
  if (!SHARED.includes(file.slice(slash + 1))) return false;
  return slash < 0 || folder.startsWith(`${file.slice(0, slash)}/`);
}
