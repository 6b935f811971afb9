import { DatabaseSync } from 'node:sqlite';

/** A lock that the kernel takes back when its process dies, however it dies. */
export interface SingleInstanceLock {
  release(): void;
}

const SQLITE_BUSY = 5;
/** A database that nobody holds is collected, which closes it and gives its lock away. */
const held = new Set<DatabaseSync>();

/**
 * Takes the lock, or returns null when another process holds it. SQLite's exclusive file lock is used because
 * Node has no flock: it is an fcntl lock, so a crash or `kill -9` frees it at once and leaves nothing to clean.
 * Throws where the file can't be a lock: its folder is missing, it is something else.
 */
export function takeLock(file: string): SingleInstanceLock | null {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
    held.add(database);
    return { release: () => held.delete(database) && database.close() };
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
}
