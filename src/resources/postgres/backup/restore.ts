import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { ResourceAt } from '../../../core/contracts/index.ts';
import { EscaleError } from '../../../core/errors/index.ts';
import { diskProblem } from '../../../host/index.ts';
import { adoptData, currentData, MAKING, makeResourceFolder } from '../data/folder.ts';
import { settleFormerServer } from '../data/former-server.ts';
import { removeHalfMade } from '../data/half-made.ts';
import { syncTree } from '../data/tree.ts';
import { inTurn } from '../data/turn.ts';
import { elsewhere } from '../elsewhere.ts';
import { findPrograms } from '../programs/programs.ts';
import { readRecord, type StoredRecord } from './record.ts';
import { NOWHERE, type Sink, type TarEntry } from './tar.ts';
import { readWhole, verify } from './verify.ts';

/**
 * Unpacks a backup into a data folder of its own and makes it the one that counts; the former one stays. Throws
 * `backup-damaged`, `backup-version`, `resource-running`, `disk-full`; nothing that counts is touched then.
 */
export async function restore(
  at: ResourceAt,
  folder: string,
  cache: string,
): Promise<{ former: string | null; data: string }> {
  if (at.external !== null) throw elsewhere(at);
  const stored = readRecord(folder);
  checkVersion(stored, folder, cache);
  await verify(folder);
  makeResourceFolder(at.folder);
  return inTurn(at.folder, async () => {
    const former = formerData(at.folder);
    if (former !== null && (await settleFormerServer(former)) === 'running')
      throw new EscaleError('resource-running', `${at.name} runs: its data can’t be replaced`, {
        place: at.name,
      });
    return { former, data: await unpack(at, folder, stored) };
  });
}

function checkVersion({ version, id }: StoredRecord, place: string, cache: string): void {
  const { major, version: ours } = findPrograms(cache);
  if (version.split('.')[0] === major) return;
  throw new EscaleError(
    'backup-version',
    `the backup ${id} is of PostgreSQL ${version}, and Escale brings ${ours}`,
    { place },
  );
}

/** Data that is lost is no reason not to bring it back. */
function formerData(folder: string): string | null {
  try {
    return currentData(folder);
  } catch (error) {
    if (error instanceof EscaleError && error.code === 'resource-lost') return null;
    throw error;
  }
}

async function unpack(at: ResourceAt, folder: string, stored: StoredRecord): Promise<string> {
  const making = path.join(at.folder, MAKING);
  await removeHalfMade(making);
  mkdirSync(making, { mode: 0o700 });
  try {
    await readWhole(folder, stored, (entry) => intoFolder(making, entry));
    await syncTree(making);
  } catch (error) {
    await removeHalfMade(making);
    throw diskProblem(error, at.folder);
  }
  return adoptData(at.folder, making);
}

/** Names were checked to stay inside; a folder comes before what is in it. */
async function intoFolder(top: string, { name, kind, mode }: TarEntry): Promise<Sink> {
  const target = path.join(top, name);
  if (kind === 'folder') {
    mkdirSync(target, { recursive: true, mode: mode | 0o700 });
    return NOWHERE;
  }
  mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
  const handle = await open(target, 'wx', mode | 0o600);
  return {
    write: async (chunk) => void (await handle.writeFile(chunk)),
    end: () => {},
    close: () => handle.close(),
  };
}
