import { closeSync, constants, fstatSync, opendirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** What a recogniser sees of a folder. Links are not followed; files and numbers are bounded. */
export interface FolderView {
  /** Relative to the system's folder, `/`-separated; `.` for itself. */
  path: string;
  files: ReadonlySet<string>;
  folders: readonly string[];
  /** The beginning of a file of this folder (at most 256 KiB); null when there is none. */
  read(name: string): string | null;
  /** A folder below; null when there is none. */
  enter(name: string): FolderView | null;
}

const MOST_ENTRIES = 5000;
const MOST_BYTES = 256 * 1024;

/** Folders that hold no service of their own. */
const PASSED_OVER = new Set([
  'node_modules',
  '__pycache__',
  'venv',
  'env',
  'vendor',
  'target',
  'coverage',
  'tests',
  'test',
]);

/** Looks at a folder; `root` is absolute. Unreadable folders look empty. */
export function viewFolder(root: string, path = '.'): FolderView {
  const { files, folders } = listFolder(join(root, path));
  return {
    path,
    files,
    folders,
    read: (name) => (files.has(name) ? readBeginning(join(root, path, name)) : null),
    enter: (name) =>
      folders.includes(name) ? viewFolder(root, path === '.' ? name : `${path}/${name}`) : null,
  };
}

function listFolder(path: string): { files: Set<string>; folders: string[] } {
  const files = new Set<string>();
  const folders: string[] = [];
  try {
    using folder = opendirSync(path);
    for (let seen = 0; seen < MOST_ENTRIES; seen++) {
      const entry = folder.readSync();
      if (entry === null) break;
      if (entry.isFile()) files.add(entry.name);
      else if (entry.isDirectory() && !entry.name.startsWith('.') && !PASSED_OVER.has(entry.name))
        folders.push(entry.name);
    }
  } catch {
    // Unreadable: nothing can be recognised in it.
  }
  return { files, folders: folders.sort() };
}

function readBeginning(path: string): string | null {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!fstatSync(descriptor).isFile()) return null;
      const buffer = Buffer.alloc(MOST_BYTES);
      return buffer.subarray(0, readSync(descriptor, buffer, 0, MOST_BYTES, 0)).toString('utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null;
  }
}
