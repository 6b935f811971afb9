import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { BackupRecord, ResourceAt } from '../../../core/contracts/index.ts';
import { EscaleError } from '../../../core/errors/index.ts';
import { diskProblem, syncFolder } from '../../../host/index.ts';
import { elsewhere } from '../elsewhere.ts';
import { reasonFor } from '../sql/away.ts';
import { type Door, doorOf } from '../sql/door.ts';
import { openSession, type Session } from '../sql/session.ts';
import { receiveBackup } from './receive.ts';
import { recordOf, type StoredRecord, writeRecord } from './record.ts';

const CONNECT_MS = 5000;
const LONGEST_MS = 12 * 3_600_000;
/** Without a byte: a checkpoint comes first, and a busy disk takes its time. */
const LONGEST_SILENCE_MS = 120_000;
const MAKING = '.making';

/** Copies a running server into a folder that appears whole or not at all. Throws `backup-failed`, `disk-full`. */
export async function backup(at: ResourceAt, folder: string, now: number): Promise<BackupRecord> {
  if (at.external !== null) throw elsewhere(at);
  if (existsSync(folder)) throw new Error(`${folder} exists already`);
  const making = `${folder}${MAKING}`;
  removeAbandoned(path.dirname(folder));
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true, mode: 0o700 });
  try {
    const stored = await take(at, making, { id: path.basename(folder), now });
    writeRecord(making, stored);
    renameSync(making, folder);
    syncFolder(path.dirname(folder));
    return recordOf(stored);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw diskProblem(error, path.dirname(folder));
  }
}

async function take(
  at: ResourceAt,
  folder: string,
  { id, now }: { id: string; now: number },
): Promise<StoredRecord> {
  const began = performance.now();
  const { version, files } = await fromServer(at, folder);
  const { system, environment, name: resource } = at;
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  const tookMs = Math.round(performance.now() - began);
  return { id, type: 'postgres', version, system, environment, resource, takenAt: now, tookMs, bytes, files };
}

async function fromServer(at: ResourceAt, folder: string): Promise<Pick<StoredRecord, 'version' | 'files'>> {
  const door = doorOf(at, 'superuser');
  try {
    return await throughDoor(door, folder);
  } catch (error) {
    if (diskProblem(error, folder) !== error) throw error;
    const message = `${at.name} was not copied: ${reasonFor(error, door)}`;
    throw new EscaleError('backup-failed', message, { place: at.name, cause: error });
  }
}

async function throughDoor(door: Door, folder: string): Promise<Pick<StoredRecord, 'version' | 'files'>> {
  const session = await openSession(door, {
    connectMs: CONNECT_MS,
    longestMs: LONGEST_MS,
    replication: true,
  });
  try {
    endWhenSilent(session);
    const { rows } = await session.client.query<{ server_version: string }>('SHOW server_version');
    return { version: rows[0]!.server_version, files: await receiveBackup(session, folder) };
  } finally {
    session.close();
  }
}

function endWhenSilent({ client }: Session): void {
  const socket = client.connection.stream as unknown as import('node:net').Socket;
  socket.setTimeout(LONGEST_SILENCE_MS, () => socket.destroy(new Error('timeout expired')));
}

const ABANDONED_MS = LONGEST_MS;

/** What a crash left of former tries. */
function removeAbandoned(parent: string): void {
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent).filter((name) => name.endsWith(MAKING))) {
    const folder = path.join(parent, name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > ABANDONED_MS) rmSync(folder, { recursive: true, force: true });
  }
}
