import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { AuditEntry, Overview, PipelineRunView, ReleaseChangesView } from '../../src/server/index.ts';
import type { Prepared } from '../bench/load/index.ts';
import { type Escale, jsonLines } from './escale.ts';
import { edit, tasksRepository } from './tasks-repository.ts';
import { person, pipelineRuns, startServer } from './team.ts';

const [STAGING, PRODUCTION] = ['staging.tasks.localhost', 'production.tasks.localhost'];
/** The bar is 3 s; this one is for a machine that does much else. */
const LONGEST_ROLLBACK_MS = 15_000;

test('tasks: from git push to a promoted release, and back', async (t) => {
  const escale = await startServer(t);
  const ada = await person(escale, 'ada', 'deployer:*');
  const tree = await ada.clone('tasks');
  tasksRepository(tree.folder);
  const change = (file: string, from: string, to: string) => edit(path.join(tree.folder, file), [[from, to]]);

  await t.test('a failing test: the push says which and why, and nothing is delivered', async () => {
    change('api/todos/routes.ts', 'reply.code(204)', 'reply.code(200)');
    await tree.commit({}, 'answer deletes with 200');
    const { code, said } = await tree.push();
    assert.equal(code, 0, said);
    assert.match(said, /tasks: pipeline 1 → staging/);
    assert.match(said, /✗ responds to a DELETE {2}todo-backend\.test\.ts:48/);
    assert.match(said, /✗ responds to a DELETE[^\n]*\n[^\n]*AssertionError[\s\S]*?200 !== 204/);
    assert.match(said, /✗ test .*15 passed, 1 failed/);
    assert.match(said, /pipeline run 1 failed: test failed/);
    assert.deepEqual((await escale.status()).systems, []);
  });

  await t.test('the fix: staging runs it', async () => {
    change('api/todos/routes.ts', 'reply.code(200)', 'reply.code(204)');
    const commit = await tree.commit({}, 'answer deletes with 204 again');
    const { said } = await tree.push();
    assert.match(said, /✓ test .*16 passed[\s\S]*staging: promoted, release 1 runs in staging/);
    assert.equal(await titleAt(escale, STAGING), 'Tasks');
    assert.equal(await escale.body(STAGING, '/api/todos'), '[]');
    const run = await ada.get<PipelineRunView>('/api/pipelines/2');
    assert.deepEqual(
      [run.state, run.commit, run.release, run.by, run.deliveries.map(({ verdict }) => verdict)],
      ['succeeded', commit, 1, 'ada', ['promoted']],
    );
  });

  await t.test('promoted: production runs the same release, and the very same artifacts', async () => {
    await escale.must(['promote', 'staging', 'production', 'tasks']);
    assert.equal(await titleAt(escale, PRODUCTION), 'Tasks');
    const [staging, production] = [await running(escale, 'staging'), await running(escale, 'production')];
    assert.deepEqual(production, staging);
    assert.deepEqual([production.release, production.artifacts.length], [1, 2]);
  });

  await t.test('a second change goes the same way, and says what is new', async () => {
    change('web/words.ts', "title: 'Tasks'", "title: 'To do'");
    await tree.commit({}, 'call it what it is');
    assert.match((await tree.push()).said, /release 2 runs in staging/);
    assert.deepEqual([await titleAt(escale, STAGING), await titleAt(escale, PRODUCTION)], ['To do', 'Tasks']);
    await escale.must(['promote', 'staging', 'production', 'tasks']);
    assert.equal(await titleAt(escale, PRODUCTION), 'To do');
    const news = await ada.get<ReleaseChangesView>('/api/systems/tasks/releases/2');
    assert.deepEqual(
      [news.commits.map(({ subject }) => subject), news.files, news.programs],
      [['call it what it is'], [{ path: 'web/words.ts', change: 'M' }], ['web']],
    );
    assert.deepEqual(news.takenIn.sort(), ['production', 'staging']);
  });

  await t.test('rolled back: the former release answers again, and no request failed', async (t) => {
    const load = escale.load(PRODUCTION, 20, () => visit(PRODUCTION));
    const began = Date.now();
    const command = escale.start(['rollback', 'tasks', '-e', 'production']);
    let answeredMs = 0;
    while (answeredMs === 0)
      if ((await titleAt(escale, PRODUCTION)) === 'Tasks') answeredMs = Date.now() - began;
    const { code, output } = await command.ended;
    const ms = Date.now() - began;
    assert.equal(code, 0, output);
    t.diagnostic(`the former release answered after ${answeredMs} ms, and alone after ${ms} ms (bar: 3000)`);
    assert.ok(ms < LONGEST_ROLLBACK_MS, `${ms} ms`);
    assert.equal(await titleAt(escale, PRODUCTION), 'Tasks');
    assert.deepEqual((await load.stop()).failures, []);
  });

  await t.test('all of it is in status, in the API and in the audit log', async () => {
    const views = (await escale.status()).systems.filter(({ name }) => name === 'tasks');
    const seen = views.map(({ environment, release, state, rollouts }) => [
      ...[environment, release, state],
      rollouts.map(({ kind, toRelease, state: end }) => `${kind} ${toRelease} ${end}`),
    ]);
    assert.deepEqual(seen, [
      ['production', 1, 'ready', ['rollback 1 promoted', 'promote 2 promoted', 'promote 1 promoted']],
      ['staging', 2, 'ready', ['deploy 2 promoted', 'deploy 1 promoted']],
    ]);
    const { systems } = await ada.get<Overview>('/api/overview');
    assert.deepEqual(
      systems.map(({ environment, release }) => [environment, release]),
      [
        ['production', 1],
        ['staging', 2],
      ],
    );
    assert.deepEqual(
      (await pipelineRuns(escale)).map(({ id, state, release }) => [id, state, release]),
      [
        [3, 'succeeded', 2],
        [2, 'succeeded', 1],
        [1, 'failed', null],
      ],
    );
    const entries = jsonLines<AuditEntry>((await escale.must(['audit', '--json', '-n', '500'])).stdout);
    const did = entries.map(
      ({ who, action, environment, target, outcome }) =>
        `${who} ${action} ${environment}${target} ${outcome}`,
    );
    assert.equal(did.filter((line) => line === 'ada push tasks done').length, 3, did.join('\n'));
    const changes = did.filter((line) => /^owner (promote|rollback)/.test(line));
    assert.deepEqual(changes, [
      'owner promote production done',
      'owner promote production done',
      'owner rollback production done',
    ]);
  });
});

async function titleAt(escale: Escale, host: string): Promise<string> {
  return /<title>(.*?)<\/title>/.exec(await escale.body(host))?.[1] ?? '';
}

/** What runs in an environment: its release, and the artifacts that its instances really stand in. */
async function running(
  escale: Escale,
  environment: string,
): Promise<{ release: number | null; artifacts: string[] }> {
  const view = (await escale.status()).systems.find((system) => system.environment === environment)!;
  const folders = view.services.map(({ name, instances }) => {
    const own = instances.map(({ pid }) => path.basename(readlinkSync(`/proc/${pid}/cwd`)));
    return `${name} ${[...new Set(own)].join()}`;
  });
  return { release: view.release, artifacts: folders.sort() };
}

function visit(host: string): Prepared {
  const bytes = Buffer.from(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return { name: 'read', idempotent: true, reuses: true, bytes, expected: null };
}
