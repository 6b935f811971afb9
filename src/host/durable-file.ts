import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../core/errors/index.ts';

/**
 * Replaces a file so that after a crash at any moment it holds the old text or the new one, whole.
 * Throws `disk-full` where there is no room, or what the file system throws; the old file is then untouched.
 */
export function writeDurably(file: string, text: string | Uint8Array, mode = 0o600): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeAndSync(temporary, text, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw diskProblem(error, path.dirname(file));
  }
  syncFolder(path.dirname(file));
}

function writeAndSync(temporary: string, text: string | Uint8Array, mode: number): void {
  const handle = openSync(temporary, 'w', mode);
  try {
    // Not writeSync: on a disk that is nearly full that writes a part and says so in its result only.
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** SQLITE_FULL, and SQLITE_IOERR_SHMSIZE where its shared memory finds no room (sqlite.org/rescode.html). */
const SQLITE_FULL = [13, 4874];

/** A full disk, or a quota that is used up, as an error that a person can mend; anything else as it is. */
export function diskProblem(error: unknown, folder: string): unknown {
  const { code, errcode } = error as NodeJS.ErrnoException & { errcode?: number };
  const isFull = code === 'ENOSPC' || code === 'EDQUOT' || SQLITE_FULL.includes(errcode ?? 0);
  if (!isFull) return error;
  return new EscaleError('disk-full', `there is no room left on the disk that holds ${folder}`, {
    place: folder,
    next: 'Free some space, then do it again: nothing was changed.',
  });
}

/** Makes a rename or a new file in a folder durable. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
