import { constants } from 'node:fs';
import { chmod, cp, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { diskProblem } from '../../../host/index.ts';

/** Copies a folder for its owner's eyes only. It is not durable before `syncTree`. Throws `disk-full`. */
export async function copyTree(from: string, to: string): Promise<void> {
  try {
    await cp(from, to, {
      recursive: true,
      mode: constants.COPYFILE_FICLONE,
      errorOnExist: true,
      force: false,
    });
  } catch (error) {
    throw diskProblem(error, path.dirname(to));
  }
  await chmod(to, 0o700);
}

/** Makes a folder and everything in it durable. */
export async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const waiting = entries
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name));
  await Promise.all(Array.from({ length: AT_ONCE }, () => syncNext(waiting)));
  await sync(folder);
}

/** As many as Node has threads for files, and some that wait. */
const AT_ONCE = 8;

async function syncNext(waiting: string[]): Promise<void> {
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await sync(next);
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
