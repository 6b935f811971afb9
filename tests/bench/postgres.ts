import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ResourceAt } from '../../src/core/contracts/index.ts';
import { postgres } from '../../src/resources/postgres/index.ts';
import { type Owner, place, temporary } from '../../src/resources/postgres/testing/place.ts';
import { type Server, startServer } from '../../src/resources/postgres/testing/server.ts';
import { inDatabase } from '../../src/resources/postgres/testing/sql.ts';
import { measureApi } from './postgres/api-queries.ts';
import { median } from './stage.ts';

const ROUNDS = 7;
/** Rows of random text, about 125 MB of data folder. */
const ROWS = 600_000;

/**
 * The embedded PostgreSQL, from nothing to an answered query and for a backup, without load; then queries per second of
 * the to-do API of tasks against the same by `pg` directly.
 *   npm run bench -- postgres
 */
export async function run(): Promise<void> {
  const leaving: (() => unknown)[] = [];
  const owner: Owner = { after: (work) => leaving.unshift(work) };
  try {
    const starts = await measureStarts(owner);
    const backups = await measureBackup(owner);
    const queries = await measureApi();
    console.log(JSON.stringify({ bench: 'postgres', ...starts, ...backups, ...queries }));
  } finally {
    for (const work of leaving) await work();
  }
}

async function measureStarts(owner: Owner) {
  const cold: number[] = [];
  const template: number[] = [];
  const restart: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const cache = temporary(owner);
    cold.push((await timedStart(cache, await place(owner))).ms);
    const at = await place(owner);
    const first = await timedStart(cache, at);
    template.push(first.ms);
    await first.server.stop();
    restart.push((await timedStart(cache, at)).ms);
  }
  return { coldMs: rounded(cold), templateMs: rounded(template), restartMs: rounded(restart) };
}

/** From `prepare` to the first answer of its users' role. */
async function timedStart(cache: string, at: ResourceAt): Promise<{ ms: number; server: Server }> {
  const began = performance.now();
  const server = await startServer(postgres({ cache }), at);
  return { ms: performance.now() - began, server };
}

async function measureBackup(owner: Owner) {
  const kind = postgres({ cache: temporary(owner) });
  const at = await place(owner);
  await startServer(kind, at);
  await inDatabase(
    kind.bindings(at).DATABASE_URL!,
    'CREATE TABLE notes (id int PRIMARY KEY, text text)',
    `INSERT INTO notes SELECT n, md5(n::text) || md5((n + 1)::text) || md5((n * 7)::text) FROM generate_series(1, ${ROWS}) n`,
    'VACUUM notes',
  );
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-backups-'));
  owner.after(() => rmSync(folder, { recursive: true, force: true }));
  const backups: number[] = [];
  const verifies: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const record = await kind.backup(at, path.join(folder, String(round)), Date.now());
    backups.push(record.tookMs);
    bytes = record.bytes;
    const began = performance.now();
    await kind.verify(path.join(folder, String(round)));
    verifies.push(performance.now() - began);
  }
  const megabytes = copiedMegabytes(path.join(folder, '0'));
  return {
    dataMB: Math.round(megabytes),
    backupMB: Math.round(bytes / 1e6),
    backupMs: rounded(backups),
    backupMBPerSecond: Math.round((megabytes / median(backups)) * 1000),
    verifyMs: rounded(verifies),
  };
}

/** What a backup carries before it is compressed: the files that its manifest lists, and one of the log. */
function copiedMegabytes(backup: string): number {
  const { Files } = JSON.parse(readFileSync(path.join(backup, 'backup_manifest'), 'utf8')) as {
    Files: { Size: number }[];
  };
  return Files.reduce((sum, { Size }) => sum + Size, 16 * 2 ** 20) / 1e6;
}

function rounded(values: number[]): number {
  return Math.round(median(values));
}
