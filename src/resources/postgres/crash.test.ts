import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Client, Pool } from 'pg';
import type { ResourceAt } from '../../core/contracts/index.ts';
import { postgres } from './index.ts';
import { cache, freePort, place } from './testing/place.ts';
import { launch, type Server, startServer } from './testing/server.ts';
import { inDatabase } from './testing/sql.ts';

const kind = postgres({ cache });
const WRITES = 500;
const CONNECTIONS = 60;

/** Starts all writes at once, kills the server after some of them were answered, and returns those. */
async function writeUntilKilled(url: string, kill: () => Promise<void>): Promise<number[]> {
  const pool = new Pool({ connectionString: url, max: CONNECTIONS });
  pool.on('error', () => {});
  const answered: number[] = [];
  const writes = Array.from({ length: WRITES }, async (_, id) => {
    await pool.query('INSERT INTO tasks VALUES ($1)', [id]);
    answered.push(id);
    if (answered.length === WRITES / 4) await kill();
  });
  const settled = await Promise.allSettled(writes);
  await pool.end();
  assert.ok(
    settled.some(({ status }) => status === 'rejected'),
    'it was killed before the last write',
  );
  return answered;
}

const KILLS: [string, (server: Server) => Promise<void>][] = [
  ['the postmaster', (server) => server.kill()],
  ['all its processes', (server) => server.killAll()],
];

for (const [what, kill] of KILLS)
  test(`kill -9 of ${what} during ${WRITES} writes: every answered row is there`, async (t) => {
    const at = await place(t);
    const url = kind.bindings(at).DATABASE_URL!;
    let server = await startServer(kind, at);
    await inDatabase(url, 'CREATE TABLE tasks (id int)');
    const answered: number[] = [];
    for (let round = 0; round < 3; round++) {
      await inDatabase(url, 'TRUNCATE tasks');
      answered.splice(0, Number.POSITIVE_INFINITY, ...(await writeUntilKilled(url, () => kill(server))));
      server = await startServer(kind, at);
      const rows = await inDatabase(url, 'SELECT id FROM tasks');
      const kept = new Set(rows.map(({ id }) => id));
      assert.deepEqual(
        answered.filter((id) => !kept.has(id)),
        [],
      );
    }
  });

test('a process that stays when its postmaster is killed is ended before the next start', async (t) => {
  const at = await place(t);
  const server = await startServer(kind, at);
  const busy = new Client(kind.bindings(at).DATABASE_URL);
  busy.on('error', () => {});
  await busy.connect();
  const [{ pid }] = (await busy.query('SELECT pg_backend_pid() AS pid')).rows as [{ pid: number }];
  const running = busy.query('DO $$ BEGIN LOOP END LOOP; END $$').catch((error: Error) => error);
  await server.kill();
  assert.ok(isAlive(pid), 'it notices nothing, being busy');
  await startServer(kind, at);
  assert.ok(!isAlive(pid));
  assert.ok((await running) instanceof Error);
});

/** One that ended may wait to be noticed by whoever became its parent. */
function isAlive(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) [ZX] /.test(readFileSync(file, 'utf8'));
}

test('two servers never run on one folder, and preparing leaves a running one alone', async (t) => {
  const at = await place(t);
  await startServer(kind, at);
  const said = await kind.prepare(at);
  const pidFile = readFileSync(path.join(said.dataFolder, 'postmaster.pid'), 'utf8');
  const second = launch({ ...said, command: [...said.command.slice(0, -1), String(await freePort())] });
  const [code] = await once(second.child, 'exit');
  assert.equal(code, 1);
  assert.match(second.output(), /lock file "postmaster.pid" already exists/);
  assert.equal(readFileSync(path.join(said.dataFolder, 'postmaster.pid'), 'utf8'), pidFile);
  assert.equal(await kind.probe(at), null);
});

test('the pid of a former server, come back as something else, does not stop the next start', async (t) => {
  const at = await place(t);
  const server = await startServer(kind, at);
  const { dataFolder } = await kind.prepare(at);
  const file = path.join(dataFolder, 'postmaster.pid');
  const pidFile = readFileSync(file, 'utf8');
  await server.killAll();
  const user = statSync(dataFolder);
  const other = spawn('sleep', ['60'], { uid: user.uid, gid: user.gid });
  t.after(() => other.kill());
  await once(other, 'spawn');
  writeFileSync(file, pidFile.replace(/^\d+/, String(other.pid)));
  chownSync(file, user.uid, user.gid);
  await startServer(kind, at);
  assert.equal(other.exitCode, null, 'nobody harmed it');
});

test('probe says when it is recovering and when it stops', async (t) => {
  const at: ResourceAt = await place(t);
  const url = kind.bindings(at).DATABASE_URL!;
  const server = await startServer(kind, at);
  await inDatabase(url, 'CREATE TABLE numbers AS SELECT n FROM generate_series(1, 800000) n');
  await server.killAll();
  launch(await kind.prepare(at));
  const reasons = new Set<string>();
  for (;;) {
    const reason = await kind.probe(at);
    if (reason === null) break;
    reasons.add(reason);
  }
  const known = [`nothing listens on 127.0.0.1:${at.port}`, 'is starting up', 'is recovering after a crash'];
  assert.deepEqual(
    [...reasons].filter((reason) => !known.includes(reason)),
    [],
  );
  assert.ok(reasons.size >= 2, [...reasons].join());
});
