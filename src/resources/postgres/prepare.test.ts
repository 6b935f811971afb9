import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { ResourceAt } from '../../core/contracts/index.ts';
import { postgres } from './index.ts';
import { inAnotherProcess } from './testing/in-another-process.ts';
import { cache, place, temporary } from './testing/place.ts';
import { launch, startServer } from './testing/server.ts';
import { inDatabase } from './testing/sql.ts';

const kind = postgres({ cache });

function modeOf(file: string): number {
  return statSync(file).mode & 0o777;
}

function foldersIn({ folder }: ResourceAt): string[] {
  return readdirSync(folder).filter((name) => statSync(path.join(folder, name)).isDirectory());
}

test('prepared, started, it answers; its users get in with DATABASE_URL; a restart keeps the data', async (t) => {
  const at = await place(t);
  assert.equal(await kind.probe(at), `nothing listens on 127.0.0.1:${at.port}`);
  const { DATABASE_URL } = kind.bindings(at);
  assert.match(DATABASE_URL!, new RegExp(`^postgres://shop:[\\w-]{32}@127\\.0\\.0\\.1:${at.port}/shop$`));
  const server = await startServer(kind, at);
  await inDatabase(DATABASE_URL!, 'CREATE TABLE notes (text text)', "INSERT INTO notes VALUES ('kept')");
  await server.stop();
  await startServer(kind, at);
  assert.deepEqual(await inDatabase(DATABASE_URL!, 'SELECT * FROM notes'), [{ text: 'kept' }]);
  assert.equal(kind.bindings(at).DATABASE_URL, DATABASE_URL);
  assert.ok((await kind.size(at))! > 30_000_000);
});

test('what is said of the start: words without secrets, and who must be able to read what', async (t) => {
  const at = await place(t);
  const said = await kind.prepare(at);
  const data = path.join(at.folder, 'data-1');
  assert.deepEqual(said.command.slice(1), ['-D', data, '-p', String(at.port)]);
  assert.deepEqual([said.dataFolder, said.stopSignal, said.refusesRoot], [data, 'SIGINT', true]);
  assert.deepEqual(said.mustReach, [path.join(said.command[0]!, '../..'), at.folder]);
  const { superuser, owner, reader } = JSON.parse(readFileSync(path.join(at.folder, 'access.json'), 'utf8'));
  assert.equal(new Set([superuser, owner, reader]).size, 3);
  for (const password of [superuser, owner, reader]) assert.ok(!JSON.stringify(said).includes(password));
  assert.deepEqual([modeOf(at.folder), modeOf(data)], [0o711, 0o700]);
  assert.equal(modeOf(path.join(at.folder, 'access.json')), 0o600);
});

test('the owner owns its database, and nothing else', async (t) => {
  const at = await place(t, { system: 'order' });
  await startServer(kind, at);
  const url = kind.bindings(at).DATABASE_URL!;
  const settings = ['server_encoding', 'TimeZone', 'data_checksums', 'fsync', 'synchronous_commit', 'jit'];
  const [found] = await inDatabase(
    url,
    'CREATE EXTENSION pg_trgm',
    `SELECT ${settings.map((name) => `current_setting('${name}') AS "${name}"`).join()}`,
  );
  assert.deepEqual(Object.values(found!), ['UTF8', 'UTC', 'on', 'on', 'on', 'off']);
  await assert.rejects(inDatabase(url, 'CREATE ROLE another SUPERUSER'), /permission denied/);
  await assert.rejects(inDatabase(url, "SELECT pg_read_file('/etc/passwd')"), /permission denied/);
  await assert.rejects(inDatabase(url, 'CREATE EXTENSION file_fdw'), /permission denied/);
  const elsewhere = new URL(url);
  elsewhere.pathname = '/postgres';
  await assert.rejects(inDatabase(elsewhere.href, 'SELECT 1'), /permission denied for database/);
});

test('two processes that prepare at once agree', async (t) => {
  const at = await place(t);
  const shared = temporary(t);
  const both = [1, 2].map(() => inAnotherProcess({ cache: shared, at, backup: null }));
  const said = await Promise.all(both.map((child) => text(child.stdout!)));
  assert.equal(said[0], said[1]);
  assert.equal(JSON.parse(said[0]!).dataFolder, path.join(at.folder, 'data-1'));
  assert.deepEqual(foldersIn(at), ['data-1']);
  assert.deepEqual(readdirSync(shared).length, 1, 'one template, and nothing half-made');
});

test('killed at any moment, the next one makes it whole', async (t) => {
  for (const afterMs of [150, 250, 350, 450, 600, 800, 1000]) {
    const at = await place(t);
    const child = inAnotherProcess({ cache: temporary(t), at, backup: null });
    const ended = once(child, 'exit');
    await pause(afterMs);
    child.kill('SIGKILL');
    await ended;
    const server = await startServer(kind, at);
    assert.deepEqual(foldersIn(at), ['data-1'], `killed after ${afterMs} ms`);
    await server.stop();
  }
});

test('a half-made folder is made again, and a whole one that did not count yet is taken', async (t) => {
  const at = await place(t);
  const said = await kind.prepare(at);
  cpSync(said.dataFolder, path.join(at.folder, 'making'), { recursive: true });
  rmSync(path.join(at.folder, 'current.json'));
  assert.equal((await kind.prepare(at)).dataFolder, said.dataFolder);
  rmSync(path.join(at.folder, 'current.json'));
  rmSync(said.dataFolder, { recursive: true });
  await startServer(kind, at);
  assert.deepEqual(foldersIn(at), ['data-1']);
});

test('data that counted and is gone is never replaced by empty data', async (t) => {
  const at = await place(t);
  const { dataFolder } = await kind.prepare(at);
  rmSync(dataFolder, { recursive: true });
  await assert.rejects(kind.prepare(at), { code: 'resource-lost', place: dataFolder });
  assert.deepEqual(foldersIn(at), []);
});

test('data of another version is left alone, and both versions are named', async (t) => {
  const at = await place(t);
  const { dataFolder } = await kind.prepare(at);
  writeFileSync(path.join(dataFolder, 'PG_VERSION'), '17\n');
  await assert.rejects(kind.prepare(at), (error: Error & { code: string }) => {
    assert.equal(error.code, 'resource-version');
    assert.match(error.message, /is of PostgreSQL 17, and Escale brings 18\.4/);
    return true;
  });
});

test('below a folder that others can’t pass, root uses a user namespace', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root needs to become another user');
  const closed = temporary(t);
  chmodSync(closed, 0o700);
  const at = await place(t, { folder: path.join(closed, 'db') });
  const said = await postgres({ cache: path.join(closed, 'cache') }).prepare(at);
  assert.equal(statSync(said.dataFolder).uid, 0);
  const words = ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--', ...said.command];
  const server = launch({ ...said, command: words, refusesRoot: false });
  while ((await kind.probe(at)) !== null && server.child.exitCode === null) await pause(20);
  assert.equal(await kind.probe(at), null, server.output());
});
