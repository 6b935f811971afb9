import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Prepared } from '../bench/load/index.ts';
import { copySystem } from '../copy-system.ts';
import { type Escale, startEscale, waitFor } from './escale.ts';

const RATE = 200;
/** Lists stay short, so that the load is one of requests and not of bytes. */
const LISTS = 500;

test('tasks gets new releases with migrations under load; one that fails changes nothing', async (t) => {
  const escale = await startEscale(t);
  const folder = copySystem('tasks', path.join(escale.folder, 'repository'));
  const migration = (name: string) => path.join(folder, 'api', 'migrations', name);
  await escale.must(['deploy', folder]);
  const load = escale.load('tasks.localhost', RATE, todoRequests('tasks.localhost'));
  await waitFor('the load runs', () => load.snapshot().total.ok > RATE);

  await t.test('a migration that adds a column, while requests go on', async () => {
    writeFileSync(migration('0004-note.sql'), 'alter table todos add column note text;\n');
    const { stdout } = await escale.must(['deploy', folder]);
    assert.match(stdout, /✓ run migrate of release 2[\s\S]*✓ start api 2\/2 of release 2/);
    assert.ok((await columns(escale)).includes('note'));
  });

  await t.test('a migration that fails: the command says which job, and its words', async () => {
    const sql = 'alter table todos add column half text;\nselect nothing;\n';
    writeFileSync(migration('0005-wrong.sql'), sql);
    const bad = await escale.run(['deploy', folder]);
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /✗ run migrate of release 3/);
    assert.match(bad.stdout, /not migrated: 0005-wrong\.sql: column "nothing" does not exist/);
    assert.match(bad.stdout, /release 3 was not taken: .*release 2 runs on/);
  });

  await t.test('its release is not the one that runs, and its transaction left nothing', async () => {
    const view = await escale.systemView('tasks');
    assert.deepEqual([view.state, view.release], ['ready', 2]);
    for (const { name, instances } of view.services)
      assert.deepEqual(new Set(instances.map(({ release }) => release)), new Set([name === 'api' ? 2 : 1]));
    assert.ok(!(await columns(escale)).includes('half'));
    const { stdout } = await escale.must(['db', 'tasks', '-c', 'select name from migrations']);
    assert.match(stdout, /0004-note\.sql/);
    assert.doesNotMatch(stdout, /0005/);
  });

  await t.test('status and job say so', async () => {
    const status = (await escale.must(['status'])).stdout;
    assert.match(status, /release 3 was not taken: .*migrate.*exit(ed with)? code 1/);
    assert.match(status, /migrate {2}before each deploy {2}last run: failed/);
    const { stdout } = await escale.must(['job', 'tasks', '--json']);
    const [job] = (JSON.parse(stdout) as { jobs: { name: string; runs: Run[] }[] }).jobs;
    assert.deepEqual(
      job!.runs.map(({ release, state, exitCode, cause }) => [release, state, exitCode, cause]),
      [
        [3, 'failed', 1, 'deploy'],
        [2, 'succeeded', 0, 'deploy'],
        [1, 'succeeded', 0, 'deploy'],
      ],
    );
  });

  await t.test('the next good release works', async () => {
    rmSync(migration('0005-wrong.sql'));
    writeFileSync(migration('0005-right.sql'), 'alter table todos add column whole text;\n');
    await escale.must(['deploy', folder]);
    const view = await escale.systemView('tasks');
    assert.deepEqual([view.state, view.release, view.rollouts[0]!.state], ['ready', 4, 'promoted']);
    assert.ok((await columns(escale)).includes('whole'));
  });

  await t.test('no request failed, and what was answered 201 is in the database', async (t) => {
    const { failures, total, byRequest, maxLagMs } = await load.stop();
    t.diagnostic(`${total.ok} requests; the load itself was ${Math.round(maxLagMs)} ms late at worst`);
    assert.deepEqual(failures, []);
    assert.ok(total.ok > 5 * RATE);
    const sql = "select count(*) from todos where list like 'load-%'";
    assert.deepEqual(await escale.rows('tasks', sql), [[String(byRequest.write!.ok)]]);
  });
});

interface Run {
  release: number;
  state: string;
  exitCode: number | null;
  cause: string;
}

/** To-dos read and written in turns, over many lists. */
function todoRequests(host: string): () => Prepared {
  let count = 0;
  const common = { reuses: true, expected: null };
  return () => {
    const list = `/api/l/load-${count % LISTS}/todos`;
    if (count++ % 2 === 0) {
      const bytes = Buffer.from(`GET ${list} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      return { name: 'read', idempotent: true, bytes, ...common };
    }
    const body = JSON.stringify({ title: `to-do ${count}` });
    const head = `Content-Type: application/json\r\nContent-Length: ${body.length}`;
    const bytes = Buffer.from(`POST ${list} HTTP/1.1\r\nHost: ${host}\r\n${head}\r\n\r\n${body}`);
    return { name: 'write', idempotent: false, bytes, ...common };
  };
}

async function columns(escale: Escale): Promise<(string | null)[]> {
  const sql = "select column_name from information_schema.columns where table_name = 'todos'";
  return (await escale.rows('tasks', sql)).map(([name]) => name!);
}
