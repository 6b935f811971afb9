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

/** Where a copy can't be written that is no damage; where the backup can't be read it is. */
function isOfDisk(error: unknown): boolean {
  const { syscall } = error as NodeJS.ErrnoException;
  return syscall !== undefined && syscall !== 'read';
}
