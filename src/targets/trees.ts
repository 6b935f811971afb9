import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  type Dirent,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { lstat, readdir, readlink, rm, symlink, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EscaleError } from '../core/errors/index.ts';
import { diskProblem, syncFolder } from '../host/index.ts';

/** Trees that are copied from host to host: artifacts and packages, named by what they were made of. */

/** Somebody may be about to need one that no release has yet, ms. */
const LENT_MS = 3_600_000;
const MAKING = '.making';
const NAME = /^[0-9a-f]{64}$/;

/** Links of trees lead into the packages of the host that they are on. */
export interface Links {
  /** Folder of packages, absolute, as the links have it. */
  packages: string;
}

/** Over paths, kinds, modes and contents of everything in a folder; links into `packages` count by what follows. */
export async function digestOfTree(folder: string, { packages }: Links): Promise<string> {
  const entries: unknown[] = [];
  for (const entry of await everythingIn(folder)) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file);
    if (entry.isSymbolicLink()) entries.push([name, 'link', relocated(await readlink(file), packages, '')]);
    else if (entry.isFile())
      entries.push([name, 'file', ((await lstat(file)).mode & 0o111) !== 0, await digestOfFile(file)]);
    else entries.push([name, 'folder']);
  }
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}

/** Names of the packages that a tree leads to. */
export async function packagesOfTree(folder: string, { packages }: Links): Promise<string[]> {
  const names = new Set<string>();
  for (const entry of await everythingIn(folder)) {
    if (!entry.isSymbolicLink()) continue;
    const target = await readlink(path.join(entry.parentPath, entry.name));
    const inside = relocated(target, packages, '');
    if (inside !== target) names.add(inside.split('/')[1]!);
  }
  return [...names];
}

/** A tree as an archive. The stream fails where it can't be read whole. */
export function archiveOfTree(folder: string): { archive: NodeJS.ReadableStream; tar: ChildProcess } {
  const tar = spawn('tar', ['-C', folder, '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'ignore'] });
  tar.once('close', (code) => {
    if (code !== 0) tar.stdout.destroy(new Error(`tar ended with ${code}`));
  });
  return { archive: tar.stdout, tar };
}

/** Trees that came from elsewhere, in one folder. */
export class ReceivedTrees {
  private readonly folder: string;
  private taken = 0;

  /** Alone in its folder: what a former process was taking or removing is cleared away. */
  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    for (const name of readdirSync(folder))
      if (!NAME.test(name)) rmSync(path.join(folder, name), { recursive: true, force: true });
  }

  /** Those of the names that are not there. */
  missing(names: string[]): string[] {
    return names.filter((name) => !existsSync(this.folderOf(name)));
  }

  /**
   * Takes a tree whole or not at all: it gets its name once its digest is the one that whoever sent it found. Links into
   * `sent.packages` become links into `here.packages`. Throws `target-unfit`, `disk-full`.
   */
  async take(
    name: string,
    archive: NodeJS.ReadableStream,
    { digest, sent, here }: { digest: string; sent: Links; here: Links },
  ): Promise<void> {
    const target = this.folderOf(name);
    this.taken += 1;
    const making = `${target}.${this.taken}${MAKING}`;
    try {
      mkdirSync(making, { mode: 0o755 });
      await unpack(archive, making);
      await relink(making, sent.packages, here.packages);
      if ((await digestOfTree(making, here)) !== digest) throw changed(name);
      if (!existsSync(target)) renameSync(making, target);
      syncFolder(this.folder);
    } catch (error) {
      throw diskProblem(error, this.folder);
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  }

  /** Somebody is about to use them. */
  async lend(names: string[]): Promise<void> {
    const now = new Date();
    await Promise.all(names.map((name) => utimes(this.folderOf(name), now, now).catch(() => {})));
  }

  /** All but these go, and those that were lent within the hour. */
  async keepOnly(names: string[]): Promise<void> {
    for (const entry of await this.names()) {
      if (names.includes(entry)) continue;
      const { mtimeMs } = await lstat(path.join(this.folder, entry));
      if (Date.now() - mtimeMs < LENT_MS) continue;
      const going = path.join(this.folder, `${entry}.going`);
      renameSync(path.join(this.folder, entry), going);
      await rm(going, { recursive: true, force: true });
    }
  }

  /** Throws `request-invalid` for what is no name. */
  folderOf(name: string): string {
    if (!NAME.test(name)) throw new EscaleError('request-invalid', `${JSON.stringify(name)} names no tree`);
    return path.join(this.folder, name);
  }

  names(): Promise<string[]> {
    return readdir(this.folder).then((all) => all.filter((name) => NAME.test(name)));
  }
}

async function unpack(archive: NodeJS.ReadableStream, folder: string): Promise<void> {
  const tar = spawn('tar', ['-C', folder, '-xopf', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
  let said = '';
  tar.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-1000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    tar.once('error', reject);
    tar.once('close', resolve);
  });
  // Where tar ends first, its own words say why; it need not read what stands behind the archive's end.
  const sent = await pipeline(archive, tar.stdin).then(
    () => null,
    (error: NodeJS.ErrnoException) => error,
  );
  if (sent !== null && sent.code !== 'EPIPE') tar.kill();
  const code = await ended;
  if (code === 0) return;
  if (/No space left/.test(said)) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
  throw new EscaleError(
    'target-unfit',
    `what was sent was not taken: ${said.trim() || sent?.message || `tar ended with ${code}`}`,
  );
}

async function relink(folder: string, from: string, to: string): Promise<void> {
  for (const entry of await everythingIn(folder)) {
    if (!entry.isSymbolicLink()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const target = await readlink(file);
    const next = relocated(target, from, to);
    if (next === target) continue;
    await rm(file);
    await symlink(next, file);
  }
}

/** A link that leads below `from` as it leads below `to`. */
function relocated(target: string, from: string, to: string): string {
  return target.startsWith(`${from}/`) ? to + target.slice(from.length) : target;
}

async function everythingIn(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const nameOf = ({ parentPath, name }: Dirent) => path.join(parentPath, name);
  return entries.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function changed(name: string): EscaleError {
  return new EscaleError('target-unfit', `${name.slice(0, 12)} did not arrive as it was sent`, {
    next: 'It is sent again with the next try.',
  });
}
