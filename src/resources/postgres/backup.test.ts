import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { ResourceAt } from '../../core/contracts/index.ts';
import { readRecord, writeRecord } from './backup/record.ts';
import { postgres } from './index.ts';
import { inAnotherProcess } from './testing/in-another-process.ts';
import { cache, place, temporary } from './testing/place.ts';
import { type Server, startServer } from './testing/server.ts';
import { inDatabase } from './testing/sql.ts';

const kind = postgres({ cache });
const owner = { after };
const ROWS = 20_000;

/** One good backup, of a server that runs on; nobody changes it. */
const at = await place(owner);
await startServer(kind, at);
const url = kind.bindings(at).DATABASE_URL!;
await inDatabase(url, 'CREATE TABLE notes (id int PRIMARY KEY, text text)', fill(0));
const good = path.join(temporary(owner), '20261126T102530Z');
const record = await kind.backup(at, good, 1_795_000_000_000);

function fill(from: number): string {
  return `INSERT INTO notes SELECT n, 'row ' || n FROM generate_series(${from + 1}, ${from + ROWS}) n`;
}

async function countNotes(where: ResourceAt): Promise<unknown> {
  return (await inDatabase(kind.bindings(where).DATABASE_URL!, 'SELECT count(*)::int FROM notes'))[0]!.count;
}

function copyOfGood(t: { after(work: () => unknown): void }): string {
  const folder = path.join(temporary(t), path.basename(good));
  cpSync(good, folder, { recursive: true });
  return folder;
}

test('a backup says what it is, is for its owner only, and is whole', async () => {
  const { bytes, tookMs, ...rest } = record;
  assert.deepEqual(rest, {
    id: '20261126T102530Z',
    type: 'postgres',
    version: '18.4',
    system: 'shop',
    environment: 'local',
    resource: 'db',
    takenAt: 1_795_000_000_000,
  });
  assert.ok(bytes > 1_000_000 && bytes < 20_000_000 && tookMs > 0);
  assert.deepEqual(readdirSync(good).sort(), ['backup.json', 'backup_manifest', 'base.tar.zst']);
  assert.equal(statSync(good).mode & 0o777, 0o700);
  for (const name of readdirSync(good)) assert.equal(statSync(path.join(good, name)).mode & 0o777, 0o600);
  assert.deepEqual(await kind.verify(good), record);
});

test('drop a table, restore: the rows are back, the former data stays', async (t) => {
  const where = await place(t);
  let server = await startServer(kind, where);
  const address = kind.bindings(where).DATABASE_URL!;
  await inDatabase(address, 'CREATE TABLE notes (id int PRIMARY KEY, text text)', fill(0));
  const folder = path.join(temporary(t), 'one');
  await kind.backup(where, folder, Date.now());
  await inDatabase(address, 'DROP TABLE notes');
  await assert.rejects(kind.restore(where, folder), { code: 'resource-running' });
  await server.stop();
  assert.deepEqual(await kind.restore(where, folder), {
    former: path.join(where.folder, 'data-1'),
    data: path.join(where.folder, 'data-2'),
  });
  server = await startServer(kind, where);
  assert.equal(await countNotes(where), ROWS);
  assert.equal(kind.bindings(where).DATABASE_URL, address);
  assert.match(server.output(), /completed backup recovery/);
  await server.stop();
  assert.equal((await kind.restore(where, folder)).former, path.join(where.folder, 'data-2'));
  assert.ok(existsSync(path.join(where.folder, 'data-1')));
});

test('another environment keeps its own passwords, and gets the names of the data', async (t) => {
  const where = await place(t, { system: 'tasks', environment: 'staging' });
  assert.equal((await kind.restore(where, good)).former, null);
  await startServer(kind, where);
  const address = new URL(kind.bindings(where).DATABASE_URL!);
  assert.deepEqual([address.username, address.pathname], ['shop', '/shop']);
  assert.notEqual(address.password, new URL(url).password);
  assert.equal(await kind.probe(where), null);
  assert.equal(await countNotes(where), ROWS);
  const counted = await kind.database!.query(where, 'SELECT count(*) FROM notes', {
    write: false,
    limit: 1,
    timeoutMs: 5000,
  });
  assert.deepEqual(counted.rows, [[String(ROWS)]]);
  const again = path.join(temporary(t), 'again');
  await kind.backup(where, again, Date.now());
});

test('taken under load, it has every row that was there when it began', async (t) => {
  const where = await place(t);
  const server = await startServer(kind, where);
  const address = kind.bindings(where).DATABASE_URL!;
  await inDatabase(address, 'CREATE TABLE notes (id int PRIMARY KEY, text text)', fill(0));
  let going = true;
  const load = (async () => {
    for (let from = ROWS; going; from += ROWS) await inDatabase(address, fill(from));
  })();
  const folder = path.join(temporary(t), 'one');
  const before = (await countNotes(where)) as number;
  await kind.backup(where, folder, Date.now());
  going = false;
  await load;
  const later = (await countNotes(where)) as number;
  await kind.verify(folder);
  await server.stop();
  await kind.restore(where, folder);
  await startServer(kind, where);
  const found = (await countNotes(where)) as number;
  assert.ok(before <= found && found <= later && found % ROWS === 0, `${before} ≤ ${found} ≤ ${later}`);
});

/** What may happen to a file, each found by `verify`. */
const DAMAGES: [string, (folder: string) => void, RegExp][] = [
  [
    'a byte of the data',
    flip('base.tar.zst', 0.5),
    /base\.tar\.zst|decompress|zstd|corrupt|changed|header|data/i,
  ],
  ['the first byte of the data', flip('base.tar.zst', 0), /./],
  ['the last byte of the data', flip('base.tar.zst', 1), /./],
  ['a byte of the list', flip('backup_manifest', 0.5), /backup_manifest was changed/],
  ['a byte of the record', flip('backup.json', 0.3), /backup\.json was changed/],
  ['the last byte of the record', flip('backup.json', 1), /backup\.json was changed/],
  ['a record that is empty', (folder) => writeFileSync(path.join(folder, 'backup.json'), ''), /was changed/],
  ['data that is cut', cut('base.tar.zst', 1000), /./],
  ['data that is empty', (folder) => truncateSync(path.join(folder, 'base.tar.zst')), /./],
  ['data with more behind it', (folder) => appendFileSync(path.join(folder, 'base.tar.zst'), 'more'), /./],
  ['a list that is cut', cut('backup_manifest', 1), /backup_manifest has \d+ bytes instead of/],
  ['no data', (folder) => rmSync(path.join(folder, 'base.tar.zst')), /base\.tar\.zst is missing/],
  ['no list', (folder) => rmSync(path.join(folder, 'backup_manifest')), /backup_manifest is missing/],
  ['no record', (folder) => rmSync(path.join(folder, 'backup.json')), /backup\.json is missing/],
  ['a file too much', (folder) => writeFileSync(path.join(folder, 'x'), ''), /"x" does not belong to it/],
];

function flip(name: string, where: number): (folder: string) => void {
  return (folder) => {
    const file = path.join(folder, name);
    const content = readFileSync(file);
    content[Math.round((content.length - 1) * where)]! ^= 0x01;
    writeFileSync(file, content);
  };
}

function cut(name: string, bytes: number): (folder: string) => void {
  return (folder) => truncateSync(path.join(folder, name), statSync(path.join(folder, name)).size - bytes);
}

for (const [what, harm, message] of DAMAGES)
  test(`damaged: ${what}`, async (t) => {
    const folder = copyOfGood(t);
    harm(folder);
    await assert.rejects(kind.verify(folder), { code: 'backup-damaged', message });
  });

test('a flipped bit anywhere is found', async (t) => {
  const folder = copyOfGood(t);
  const file = path.join(folder, 'base.tar.zst');
  const content = readFileSync(file);
  for (let round = 0; round < 25; round++) {
    const index = Math.floor(Math.random() * content.length);
    const bit = 1 << Math.floor(Math.random() * 8);
    content[index]! ^= bit;
    writeFileSync(file, content);
    await assert.rejects(kind.verify(folder), { code: 'backup-damaged' }, `byte ${index}, bit ${bit}`);
    content[index]! ^= bit;
  }
  writeFileSync(file, content);
  assert.deepEqual(await kind.verify(folder), record);
});

test('a damaged backup, one of another version, one that is not there: refused, and nothing is touched', async (t) => {
  const where = await place(t);
  const { dataFolder } = await kind.prepare(where);
  const before = readdirSync(where.folder).sort();
  const folder = copyOfGood(t);
  flip('base.tar.zst', 0.7)(folder);
  await assert.rejects(kind.restore(where, folder), { code: 'backup-damaged' });
  const other = copyOfGood(t);
  writeRecord(other, { ...readRecord(other), version: '17.6' });
  await assert.rejects(kind.restore(where, other), {
    code: 'backup-version',
    message: /is of PostgreSQL 17\.6, and Escale brings 18\.4/,
  });
  await assert.rejects(kind.restore(where, `${folder}-not`), { code: 'backup-unknown' });
  await assert.rejects(kind.restore(where, temporary(t)), { code: 'backup-damaged' });
  assert.deepEqual(readdirSync(where.folder).sort(), before);
  assert.equal((await kind.prepare(where)).dataFolder, dataFolder);
});

test('a backup that fails leaves nothing', async (t) => {
  const away = await place(t);
  await kind.prepare(away);
  const folder = path.join(temporary(t), 'one');
  await assert.rejects(kind.backup(away, folder, 0), {
    code: 'backup-failed',
    message: `db was not copied: nothing listens on 127.0.0.1:${away.port}`,
  });
  const server = await startServer(kind, away);
  await killedDuring(away, folder, server);
  assert.deepEqual(readdirSync(path.dirname(folder)), []);
});

/** The server goes while it is being copied. */
async function killedDuring(where: ResourceAt, folder: string, server: Server): Promise<void> {
  const failing = assert.rejects(kind.backup(where, folder, 0), { code: 'backup-failed' });
  while (!existsSync(path.join(`${folder}.making`, 'base.tar.zst'))) await pause(1);
  await server.killAll();
  await failing;
}

test('killed at any moment of a restore: the former data or the restored, never half of it', async (t) => {
  const where = await place(t);
  await (await startServer(kind, where)).stop();
  for (const afterMs of [200, 400, 600, 800, 1000]) {
    const child = inAnotherProcess({ cache, at: where, backup: good });
    const ended = once(child, 'exit');
    await pause(afterMs);
    child.kill('SIGKILL');
    await ended;
    const server = await startServer(kind, where);
    const data = path.basename((await kind.prepare(where)).dataFolder);
    if (data === 'data-1') await assert.rejects(countNotes(where), /does not exist/);
    else assert.equal(await countNotes(where), ROWS);
    await server.stop();
  }
  await kind.restore(where, good);
  assert.ok(!existsSync(path.join(where.folder, 'making')));
});

test('data that is lost can be brought back', async (t) => {
  const where = await place(t);
  const { dataFolder } = await kind.prepare(where);
  renameSync(dataFolder, `${dataFolder}-gone`);
  await assert.rejects(kind.prepare(where), { code: 'resource-lost' });
  assert.equal((await kind.restore(where, good)).former, null);
  await startServer(kind, where);
  assert.equal(await countNotes(where), ROWS);
});
