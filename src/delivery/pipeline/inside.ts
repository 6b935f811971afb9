import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import path from 'node:path';

/**
 * Reading what a step has left, while other steps of the run may still change the tree. A path that is looked at and
 * then opened can have become a link meanwhile; so each file is opened first, and then it is asked what was opened.
 */
export async function openInside(top: string, name: string): Promise<FileHandle | null> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path.join(top, name), flags).catch(() => null);
  if (handle === null) return null;
  if (await isOwn(handle, top)) return handle;
  await handle.close();
  return null;
}

/** A plain file in the tree, of the tree's own user: a hard link to somebody else's is none. */
async function isOwn(handle: FileHandle, top: string): Promise<boolean> {
  const [stat, owner, real, folder] = await Promise.all([
    handle.stat(),
    lstat(top),
    readlink(`/proc/self/fd/${handle.fd}`),
    realpath(top),
  ]);
  return stat.isFile() && stat.uid === owner.uid && real.startsWith(`${folder}${path.sep}`);
}

/** Its text, at most so many bytes of it; null: there is no such file. */
export async function readInside(top: string, name: string, mostBytes: number): Promise<string | null> {
  const handle = await openInside(top, name);
  if (handle === null) return null;
  try {
    const buffer = Buffer.alloc(Math.min(mostBytes, (await handle.stat()).size));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

export interface FoundInside {
  /** Relative to the top, `/`-separated. */
  name: string;
  kind: 'file' | 'link';
  stat: Stats;
}

/** Never looked through: what it holds came from elsewhere. */
const SKIPPED = new Set(['node_modules', '.venv', '.git']);
const MOST_LOOKED_AT = 200_000;

/**
 * Files below a folder of the tree that patterns name (`reports/*.xml`), or that lie in a folder that they name
 * (`coverage`); sorted. Links are told, not followed.
 */
export async function findInside(top: string, folder: string, patterns: string[]): Promise<FoundInside[]> {
  const found: FoundInside[] = [];
  let looked = 0;
  const wanted = patterns.map((pattern) => path.posix.normalize(pattern).replace(/\/$/, ''));
  const isNamed = (name: string) => wanted.some((pattern) => path.posix.matchesGlob(name, pattern));
  const leadsTo = (name: string) => wanted.some((pattern) => pattern === '.' || mayLieBelow(name, pattern));
  const walk = async (below: string, isTaken: boolean): Promise<void> => {
    const entries = await readdir(path.join(top, folder, below), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (++looked > MOST_LOOKED_AT) return;
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      const isWanted = isTaken || isNamed(name);
      if (entry.isDirectory()) {
        if (isWanted || (!SKIPPED.has(entry.name) && leadsTo(name))) await walk(name, isWanted);
      } else if (isWanted && (entry.isFile() || entry.isSymbolicLink())) {
        const full = path.posix.join(folder, name);
        const stat = await lstat(path.join(top, full)).catch(() => null);
        if (stat !== null) found.push({ name: full, kind: entry.isFile() ? 'file' : 'link', stat });
      }
    }
  };
  await walk('', wanted.includes('.'));
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether something below a folder may match: its parts match those that a pattern begins with. */
function mayLieBelow(folder: string, pattern: string): boolean {
  const parts = pattern.split('/');
  const depth = parts.indexOf('**');
  const known = folder.split('/').slice(0, depth === -1 ? undefined : depth);
  return known.every((part, index) => index < parts.length && path.posix.matchesGlob(part, parts[index]!));
}
