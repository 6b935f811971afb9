import assert from 'node:assert/strict';
import { existsSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Escale, startEscale } from './escale.ts';

test('backup, drop a table, restore: its rows are back; a damaged backup touches nothing', async (t) => {
  const escale = await withRows(t);
  const { folder, id } = JSON.parse((await escale.must(['backup', 'with-database', '--json'])).stdout);
  assert.match(id, /^\d{8}T\d{6}Z$/);
  await write(escale, 'DROP TABLE fruits');

  await t.test('restore brings them back, and keeps what was there', async () => {
    const { stdout } = await escale.must(['restore', 'with-database']);
    const [, kept] = /kept in (.*)/.exec(stdout) ?? [];
    assert.ok(existsSync(kept!), stdout);
    assert.deepEqual(await fruits(escale), ['apple', 'pear']);
    assert.match(await escale.body('with-database.localhost'), /^\d+\/with_database$/);
  });

  await t.test('what was written after the backup is gone, but kept', async () => {
    await write(escale, "INSERT INTO fruits VALUES ('plum')");
    await escale.must(['restore', 'with-database/db', id]);
    assert.deepEqual(await fruits(escale), ['apple', 'pear']);
  });

  await t.test('a flipped byte is found, and nothing is touched', async () => {
    await write(escale, "INSERT INTO fruits VALUES ('plum')");
    flipByte(largestIn(folder));
    const before = (await escale.systemView('with-database')).resources[0]!.pid;
    const { code, stderr } = await escale.run(['restore', 'with-database', id]);
    assert.equal(code, 1);
    assert.match(stderr, /code {2}backup-damaged/);
    assert.deepEqual(await fruits(escale), ['apple', 'pear', 'plum']);
    assert.equal((await escale.systemView('with-database')).resources[0]!.pid, before);
  });

  await t.test('a backup that is not there is named, with those that are', async () => {
    const { code, stderr } = await escale.run(['restore', 'with-database', '20200101T000000Z']);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`no backup 20200101T000000Z(?:.*\\n)+.*There are: ${id}`));
  });
});

test('data outlives down and up, is restored while its system is down, and goes only when asked twice', async (t) => {
  const escale = await withRows(t);
  await escale.must(['backup', 'with-database']);
  await write(escale, "DELETE FROM fruits WHERE name = 'pear'");
  await escale.must(['down', 'with-database']);

  await t.test('what it wrote can still be read', async () => {
    await escale.must(['up', '--detach', escale.system('says-hello').folder]);
    const { stdout } = await escale.must(['logs', 'with-database']);
    assert.match(stdout, /hello with_database/);
  });

  await t.test('a restore while it is down holds at the next start', async () => {
    await escale.must(['restore', 'with-database', 'latest']);
    await escale.must(['up', '--detach', folderOf(escale)]);
    assert.deepEqual(await fruits(escale), ['apple', 'pear']);
  });

  await t.test('without saying it twice nothing goes', async () => {
    const { code, stderr } = await escale.run(['down', 'with-database', '--delete-data']);
    assert.equal(code, 2);
    assert.match(stderr, /was not removed; nothing was changed/);
    assert.deepEqual(await fruits(escale), ['apple', 'pear']);
  });

  await t.test('said twice it is gone, also when nothing of Escale runs', async () => {
    await escale.must(['down', '--all']);
    const { stdout } = await escale.must(['down', 'with-database', '--delete-data', '--yes']);
    assert.match(stdout, /Its data is removed: with-database/);
    assert.deepEqual(readdirSync(path.join(escale.home, 'resources', 'local')), []);
    await escale.must(['up', '--detach', folderOf(escale)]);
    const { stderr } = await escale.run(['db', 'with-database', '-c', 'SELECT * FROM fruits']);
    assert.match(stderr, /relation "fruits" does not exist/);
  });
});

test('a database whose port a stranger took while it was down gets another one', async (t) => {
  const escale = await withRows(t);
  const { port } = (await escale.systemView('with-database')).resources[0]!;
  await escale.must(['down', '--all']);
  const stranger = net.createServer().listen(port!, '127.0.0.1');
  t.after(() => stranger.close());
  await escale.must(['up', '--detach', folderOf(escale)]);
  const now = (await escale.systemView('with-database')).resources[0]!.port;
  assert.notEqual(now, port);
  assert.equal(await escale.body('with-database.localhost'), `${now}/with_database`);
  assert.deepEqual(await fruits(escale), ['apple', 'pear']);
});

async function withRows(t: TestContext): Promise<Escale> {
  const escale = await startEscale(t);
  await escale.must(['deploy'], escale.system('with-database').folder);
  await write(escale, 'CREATE TABLE fruits (name text PRIMARY KEY)');
  await write(escale, "INSERT INTO fruits VALUES ('apple'), ('pear')");
  return escale;
}

function folderOf({ folder }: Escale): string {
  return path.join(folder, 'systems', 'with-database');
}

function write(escale: Escale, sql: string) {
  return escale.must(['db', 'with-database', '--write', '-c', sql]);
}

async function fruits(escale: Escale): Promise<(string | null)[]> {
  const words = ['db', 'with-database', '--json', '-c', 'SELECT name FROM fruits ORDER BY name'];
  const { rows } = JSON.parse((await escale.must(words)).stdout) as { rows: (string | null)[][] };
  return rows.map(([name]) => name!);
}

function largestIn(folder: string): string {
  const files = readdirSync(folder).map((name) => path.join(folder, name));
  return files.toSorted((a, b) => statSync(b).size - statSync(a).size)[0]!;
}

function flipByte(file: string): void {
  const handle = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  const middle = Math.floor(statSync(file).size / 2);
  readSync(handle, byte, 0, 1, middle);
  byte[0]! ^= 1;
  writeSync(handle, byte, 0, 1, middle);
}
