import type { BackupRecord } from '../../../core/contracts/index.ts';
import { readBase } from './read-base.ts';
import { damaged, readRecord, recordOf, type StoredRecord } from './record.ts';
import type { Sink, TarEntry } from './tar.ts';

/** Reads all of a backup. Throws `backup-damaged`, `backup-unknown`. */
export async function verify(folder: string): Promise<BackupRecord> {
  const stored = readRecord(folder);
  await readWhole(folder, stored);
  return recordOf(stored);
}

/** The same, handing on what is read. Errors of `visit` itself that the disk made stay what they are. */
export async function readWhole(
  folder: string,
  stored: StoredRecord,
  visit?: (entry: TarEntry) => Sink | Promise<Sink>,
): Promise<void> {
  try {
    await readBase(folder, stored, visit);
  } catch (error) {
    if (isOfDisk(error)) throw error;
    throw damaged(folder, (error as Error).message, error);
  }
}

/** A full disk is no damage; a file that can't be decompressed is. */
function isOfDisk(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined;
}
