import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { copyFile, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { EscaleError } from '../core/errors/index.ts';
import type { Home } from '../core/home/index.ts';
import { diskProblem, syncFolder, writeDurably } from '../host/index.ts';
import type { Sql } from './store/index.ts';

/** What a copy of Escale itself says of it; the last thing that is written. */
interface Manifest {
  version: string;
  /** ms since 1970. */
  takenAt: number;
  /** sha256 of each file, hex, by its path in the folder. */
  files: Record<string, string>;
}

const MANIFEST = 'escale-backup.json';
const KEPT = 7;

/** Loaded when it is needed: this file is loaded with every command. */
const bundles = () => import('../delivery/index.ts');

/**
 * Copies what Escale knows (store, encrypted secrets, repositories) into a folder of its own, while it goes on. The key
 * of the secrets is not in it: a copy of it belongs elsewhere. Returns the folder. Throws `disk-full`.
 */
export async function backUpSelf({
  home,
  sql,
  version,
  now,
}: {
  home: Home;
  sql: Sql;
  version: string;
  now: number;
}): Promise<string> {
  const parent = path.join(home.backups, '.escale');
  const id = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const folder = path.join(parent, id);
  const building = `${folder}.building`;
  const { bundle } = await bundles();
  try {
    await rm(building, { recursive: true, force: true });
    await mkdir(path.join(building, 'repositories'), { recursive: true, mode: 0o700 });
    sql.copyTo(path.join(building, 'escale.db'));
    if (existsSync(home.secrets)) await cp(home.secrets, path.join(building, 'secrets'), { recursive: true });
    for (const name of (await readdir(home.repositories)).filter((one) => one.endsWith('.git')))
      await bundle(path.join(home.repositories, name), path.join(building, 'repositories', `${name}.bundle`));
    const files = await digests(building);
    writeDurably(
      path.join(building, MANIFEST),
      JSON.stringify({ version, takenAt: now, files } satisfies Manifest),
    );
    await rm(folder, { recursive: true, force: true });
    await rename(building, folder);
    syncFolder(parent);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    throw diskProblem(error, parent);
  }
  for (const old of (await backupsIn(parent)).slice(KEPT))
    await rm(path.join(parent, old), { recursive: true });
  return folder;
}

/** Newest first. */
async function backupsIn(parent: string): Promise<string[]> {
  return (await readdir(parent))
    .filter((name) => /^\d{8}T\d{6}Z$/.test(name))
    .toSorted()
    .toReversed();
}

/**
 * Brings a copy back into a home in which nothing runs; what was there is kept beside it. Throws `backup-damaged` before
 * anything is touched.
 */
export async function restoreSelf(
  home: Home,
  folder: string,
  now: number,
): Promise<{ takenAt: number; former: string | null }> {
  const manifest = readManifest(folder);
  const { unbundle } = await bundles();
  const found = await digests(folder);
  const wrong = Object.entries(manifest.files).find(([name, digest]) => found[name] !== digest);
  if (wrong !== undefined) throw damaged(folder, `${wrong[0]} is not what was copied`);
  const former = existsSync(home.store) ? path.join(home.root, `former-${now}`) : null;
  if (former !== null) await moveAside(home, former);
  if (existsSync(path.join(folder, 'secrets')))
    await cp(path.join(folder, 'secrets'), home.secrets, { recursive: true });
  for (const name of await readdir(path.join(folder, 'repositories')))
    await unbundle(
      path.join(folder, 'repositories', name),
      path.join(home.repositories, name.replace(/\.bundle$/, '')),
    );
  // The store comes last: without it nothing of this counts.
  await copyFile(path.join(folder, 'escale.db'), `${home.store}.restoring`);
  await rename(`${home.store}.restoring`, home.store);
  return { takenAt: manifest.takenAt, former };
}

async function moveAside(home: Home, former: string): Promise<void> {
  await mkdir(former, { mode: 0o700 });
  for (const file of [home.store, `${home.store}-wal`, `${home.store}-shm`, home.secrets, home.repositories])
    if (existsSync(file)) await rename(file, path.join(former, path.basename(file)));
  for (const needed of [home.secrets, home.repositories])
    await mkdir(needed, { recursive: true, mode: 0o700 });
}

function readManifest(folder: string): Manifest {
  try {
    return JSON.parse(readFileSync(path.join(folder, MANIFEST), 'utf8')) as Manifest;
  } catch {
    throw damaged(folder, 'it is no copy of Escale, or it was not finished');
  }
}

function damaged(folder: string, why: string): EscaleError {
  return new EscaleError('backup-damaged', `${path.basename(folder)}: ${why}`, { place: folder });
}

async function digests(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const files: Record<string, string> = {};
  for (const entry of names) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, file);
    if (name === MANIFEST) continue;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
    files[name] = hash.digest('hex');
  }
  return files;
}
