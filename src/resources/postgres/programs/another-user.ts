import { chownSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Programs } from './programs.ts';

/** How a program that refuses root is started to write a folder. */
export interface Way {
  /** Words before the program's own. */
  before: string[];
  /** Who it runs as; nothing: as ourselves. */
  user: { uid?: number; gid?: number };
}

/**
 * The way for a program of PostgreSQL to write `folder`. Root gives the folder away: to whom it belongs already, else to
 * `nobody` where that user can reach everything, else to itself under another number in a user namespace.
 */
export function wayToWrite(folder: string, programs: Programs): Way {
  if (process.getuid?.() !== 0) return { before: [], user: {} };
  const { uid, gid } = statSync(folder);
  if (uid !== 0) return given(folder, { uid, gid });
  const nobody = userOf('nobody');
  const reachable = [...programs.mustReach, path.dirname(folder)].every(othersCanPass);
  if (nobody !== null && reachable) return given(folder, nobody);
  const { uid: other, gid: group } = nobody ?? { uid: 1000, gid: 1000 };
  const before = ['unshare', '--user', `--map-user=${other}`, `--map-group=${group}`, '--'];
  return { before, user: {} };
}

function given(folder: string, user: { uid: number; gid: number }): Way {
  giveFolder(folder, user);
  return { before: [], user };
}

/** Everything in a folder becomes a user's; links themselves, never what they lead to. */
export function giveFolder(folder: string, { uid, gid }: { uid: number; gid: number }): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    lchownSync(path.join(entry.parentPath, entry.name), uid, gid);
  chownSync(folder, uid, gid);
}

function userOf(name: string): { uid: number; gid: number } | null {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { uid: Number(uid), gid: Number(gid) };
}

function othersCanPass(folder: string): boolean {
  if ((statSync(folder).mode & 0o001) === 0) return false;
  const parent = path.dirname(folder);
  return parent === folder || othersCanPass(parent);
}
