import { createWriteStream } from 'node:fs';
import { cp, mkdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { findInside, openInside } from './inside.ts';

export interface Taken {
  /** Relative to where they were copied to, `/`-separated. */
  names: string[];
  /** Some were left: there would have been more bytes than may be. */
  isCut: boolean;
}

/** Copies what patterns name below a folder of a tree that steps write to, at most so many bytes. */
export async function takeOut(from: {
  top: string;
  folder: string;
  patterns: string[];
  to: string;
  mostBytes: number;
  /** Links are kept as they stand; otherwise they are left out. */
  links: boolean;
}): Promise<Taken> {
  const { top, folder, patterns, to, mostBytes, links } = from;
  const names: string[] = [];
  let left = mostBytes;
  for (const { name, kind, stat } of await findInside(top, folder, patterns)) {
    const target = path.posix.relative(folder, name);
    if (kind === 'link') {
      if (links) await copyLink(path.join(top, name), path.join(to, target));
      continue;
    }
    if (stat.size > left) return { names, isCut: true };
    if (!(await copyFile(top, name, path.join(to, target)))) continue;
    left -= stat.size;
    names.push(target);
  }
  return { names, isCut: false };
}

async function copyFile(top: string, name: string, target: string): Promise<boolean> {
  const handle = await openInside(top, name);
  if (handle === null) return false;
  const { mode } = await handle.stat();
  await mkdir(path.dirname(target), { recursive: true });
  await pipeline(
    handle.createReadStream(),
    createWriteStream(target, { mode: mode & 0o100 ? 0o755 : 0o644 }),
  );
  return true;
}

async function copyLink(file: string, target: string): Promise<void> {
  const text = await readlink(file).catch(() => null);
  if (text === null) return;
  await mkdir(path.dirname(target), { recursive: true });
  await rm(target, { force: true });
  await symlink(text, target);
}

/** A whole tree that nobody writes to, links as they stand; nothing happens where there is none. */
export async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, verbatimSymlinks: true, force: false, errorOnExist: false });
}

/** A folder in place of another one, whole or not at all. */
export async function replaceFolder(made: string, folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await rename(made, folder);
}
