import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isAlive } from './escale.ts';
import { outputIn, pipelineHost, shopWith, stepsIn } from './pipeline-host.ts';

type Host = Awaited<ReturnType<typeof pipelineHost>>;

/** A run beside which another one, and the service that is delivered, go on as if nothing were. */
async function besides(host: Host, step: object): Promise<string[]> {
  const { commit, push, ended, engine, nothingLeft, problems } = host;
  commit('good', shopWith({ test: ['true'] }));
  commit('bad', shopWith({ test: step }));
  await ended(push('good', { environments: ['local'] }).id);
  const [before] = (await engine.observe()).instances;
  const bad = push('bad', { branch: 'bad' });
  const good = push('good', { branch: 'good' });
  await ended(good.id);
  const lines = await ended(bad.id);
  const [after] = (await engine.observe()).instances;
  assert.deepEqual([after?.id, after?.state], [before?.id, 'ready']);
  await nothingLeft();
  assert.deepEqual(problems, []);
  return stepsIn(lines).slice(1);
}

/** What it forks ends with it: none of its marks is on them, and they lead sessions of their own. */
const BOMB = 'bomb() { env -i setsid sh -c "while :; do sleep 100 & done" & bomb & bomb; }; bomb';

test('a fork bomb ends with its step', async (t) => {
  const step = { command: ['sh', '-c', BOMB], timeout: '3s', limits: { processes: 60 } };
  const host = await pipelineHost(t);
  const [said] = await besides(host, step);
  assert.match(said!, /^test failed: /);
  assert.equal(userProcesses().length, 0);
});

/** Living processes of the users that runs have. */
function userProcesses(): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || !isAlive(Number(pid))) return false;
    const uid = statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid ?? 0;
    return uid >= 60_578 && uid < 61_184;
  });
}

test('a step that fills the memory', async (t) => {
  const fill = 'const all = []; for (;;) all.push(Buffer.alloc(1 << 22, 1));';
  const step = { command: ['node', '-e', fill], timeout: '60s', limits: { memory: '150MB' } };
  assert.deepEqual(await besides(await pipelineHost(t), step), [
    'test failed: went over its memory limit of 150 MB',
  ]);
});

test('a step that fills the disk, in one file or in many', async (t) => {
  const host = await pipelineHost(t);
  const many = 'i=0; while :; do i=$((i+1)); head -c 1000000 /dev/zero > f$i; done';
  const step = { command: ['sh', '-c', many], timeout: '60s', limits: { disk: '50MB' } };
  assert.deepEqual(await besides(host, step), ['test failed: went over its disk limit of 50 MB']);
  host.commit(
    'one',
    shopWith({ test: { command: ['sh', '-c', 'cat /dev/zero > big; ls -l big'], limits: { disk: '50MB' } } }),
  );
  const lines = await host.ended(host.push('one', { branch: 'one' }).id);
  assert.match(stepsIn(lines).at(-1)!, /test (failed|succeeded)/);
  assert.doesNotMatch(outputIn(lines, 'test'), / [6-9]\d{7,} /);
});

test('a step that never ends', async (t) => {
  const step = { command: ['sleep', '1000'], timeout: '1s' };
  assert.deepEqual(await besides(await pipelineHost(t), step), [
    'test failed: took longer than 1 s and was ended',
  ]);
});

test('a step that hears no signal and leaves a daemon behind', async (t) => {
  const stubborn =
    "trap '' TERM; env -i setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' & while :; do sleep 1; done";
  const step = { command: ['sh', '-c', stubborn], timeout: '1s' };
  assert.deepEqual(await besides(await pipelineHost(t), step), [
    'test failed: took longer than 1 s and was ended',
  ]);
  assert.equal(userProcesses().length, 0);
});

test('a link in the place of a result, an artifact or a cache leads nowhere', async (t) => {
  const { commit, push, ended, home, store } = await pipelineHost(t);
  const link = `ln -s ${home.store} kept.db; ln -s ${home.root} all; ln ${home.secretKey} hard; mkdir c; ln -s ${home.store} c/x; true`;
  const step = {
    command: ['sh', '-c', link],
    artifacts: ['kept.db', 'all', 'hard'],
    results: ['all/**'],
    cache: ['c'],
  };
  commit('c1', shopWith({ test: step }));
  const run = push('c1');
  assert.deepEqual(stepsIn(await ended(run.id)), ['checkout succeeded', 'test succeeded']);
  assert.deepEqual(
    JSON.parse(
      store.sql.one("SELECT artifacts FROM pipeline_steps WHERE name = 'test'")!.artifacts as string,
    ),
    [],
  );
  assert.equal(existsSync(path.join(home.pipelines, String(run.id), 'artifacts', 'test')), false);
});
