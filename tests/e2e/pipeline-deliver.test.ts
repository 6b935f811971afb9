import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { outputIn, pipelineHost, shopWith, stepsIn } from './pipeline-host.ts';

test('from a commit to a promoted release: tests, a build, what it made is delivered, once', async (t) => {
  const { commit, push, ended, store, nothingLeft, problems } = await pipelineHost(t);
  const build = {
    command: ['sh', '-c', 'mkdir dist && date > /dev/null && echo made > dist/made.txt && ls'],
  };
  const test = ['sh', '-c', 'echo only > left-by-a-test.txt'];
  commit('c1', shopWith({ test, build }));
  const run = push('c1', { environments: ['local'] });
  const lines = await ended(run.id);
  assert.deepEqual(stepsIn(lines), [
    'checkout succeeded',
    'test succeeded',
    'build succeeded',
    'release succeeded',
    'deploy succeeded',
  ]);
  assert.equal(outputIn(lines, 'build'), 'dist\nescale.yaml\nserver.js');
  assert.deepEqual(lines.at(-2), {
    type: 'delivered',
    delivered: { environment: 'local', verdict: 'promoted', message: '' },
  });
  const release = store.release('shop', 1)!;
  assert.deepEqual([release.commit, release.dev], ['c1', false]);
  await nothingLeft();
  const again = await ended(push('c1', { environments: ['local'] }).id);
  assert.ok(stepsIn(again).includes(`test cached: as in run ${run.id}`), stepsIn(again).join());
  assert.equal(store.releases('shop').length, 1);
  assert.deepEqual(problems, []);
});

test('a failed test ends it, and nothing is delivered', async (t) => {
  const { commit, push, ended, store } = await pipelineHost(t);
  const failing = "require('node:test')('adds', () => require('node:assert').equal(1 + 1, 3));";
  commit('c1', { ...shopWith({ test: 'node --test', build: 'node -v' }), 'sum.test.js': failing });
  const lines = await ended(push('c1', { environments: ['local'] }).id);
  assert.deepEqual(stepsIn(lines), [
    'checkout succeeded',
    'test failed: exited with code 1',
    'build skipped: test did not succeed',
    'release skipped: test did not succeed',
    'deploy skipped: release did not succeed',
  ]);
  const [failure] = lines.filter((line) => line.type === 'test-failed');
  assert.deepEqual(
    [failure?.failure.name, failure?.failure.file, failure?.failure.line],
    ['adds', 'sum.test.js', 1],
  );
  assert.deepEqual([lines.at(-1)?.type, store.releases('shop')], ['end', []]);
});

test('a build changes what it delivers, not what the commit says', async (t) => {
  const { commit, push, ended, store } = await pipelineHost(t);
  const build = { command: ['sed', '-i', 's/hello/changed/', 'escale.yaml'] };
  commit('c1', shopWith({ build }));
  const lines = await ended(push('c1', { environments: ['local'] }).id);
  assert.match(stepsIn(lines).at(-2)!, /^release failed: a build has changed the file of shop/);
  assert.deepEqual(store.releases('shop'), []);
});

test('other steps can’t reach what is delivered, also not those that go on beside it', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root gives steps users of their own');
  const { commit, push, ended } = await pipelineHost(t);
  const reach = 'ls ../pristine; touch ../pristine/x; true';
  commit('c1', shopWith({ test: ['sh', '-c', reach], build: ['touch', 'y'] }));
  const lines = await ended(push('c1', { environments: ['local'] }).id);
  assert.match(outputIn(lines, 'test'), /ls: .*Permission denied[\s\S]*touch: .*Permission denied/);
  assert.ok(stepsIn(lines).includes('deploy succeeded'), stepsIn(lines).join());
});

test('a file that is wrong says every mistake', async (t) => {
  const { commit, push, ended } = await pipelineHost(t);
  commit('c1', { 'escale.yaml': 'name: shop\nservices: { web: { comand: a, replicas: many } }\n' });
  const lines = await ended(push('c1').id);
  const [checkout] = stepsIn(lines);
  assert.match(checkout!, /^checkout failed: escale.yaml:2 {2}services.web.replicas: /);
  assert.match(checkout!, /services.web.comand: unknown key/);
});

test('a newer push ends the older run of its branch, and waits for nothing of another branch', async (t) => {
  const { commit, push, ended, nothingLeft } = await pipelineHost(t);
  commit('slow', shopWith({ test: ['sleep', '600'] }));
  commit('fast', shopWith({ test: ['true'] }));
  const older = push('slow');
  const beside = push('fast', { branch: 'next' });
  assert.deepEqual(stepsIn(await ended(beside.id)), ['checkout succeeded', 'test succeeded']);
  const newer = push('fast');
  const lines = await ended(older.id);
  assert.deepEqual(stepsIn(lines).at(-1), `test cancelled: run ${newer.id} came for a newer commit`);
  assert.deepEqual(stepsIn(await ended(newer.id)), ['checkout succeeded', 'test cached: as in run 2']);
  await nothingLeft();
});

test('each step has an empty database of its own, bound as in production', async (t) => {
  const { commit, push, ended, nothingLeft } = await pipelineHost(t);
  const psql =
    'const u = new URL(process.env.DATABASE_URL); console.log(u.protocol, u.pathname, process.env.CI)';
  commit(
    'c1',
    shopWith(
      { test: { command: ['node', '-e', psql], uses: ['db'] } },
      { resources: { db: { type: 'postgres' } } },
    ),
  );
  const lines = await ended(push('c1').id);
  assert.deepEqual(stepsIn(lines), ['checkout succeeded', 'test succeeded']);
  assert.equal(outputIn(lines, 'test'), 'postgres: /shop true');
  await nothingLeft();
});

test('steps see nothing of the server: no variable, no file of its home, no secret even where they print it', async (t) => {
  const { commit, push, ended, vault, home, store } = await pipelineHost(t);
  vault.set({ environment: 'production', system: 'shop', name: 'API_KEY' }, 'sk-live-0123456789', new Set());
  const look = `env; cat ${home.secretKey} ${home.store} 2>&1 | wc -c; echo sk-live-0123456789`;
  const tap = 'TAP version 13\\nnot ok 1 - sk-live-0123456789\\n1..1';
  commit('c1', shopWith({ test: ['sh', '-c', look], tap: ['printf', `${tap}\\n`] }));
  const run = push('c1');
  const lines = await ended(run.id);
  const output = outputIn(lines, 'test');
  assert.doesNotMatch(output, /KEEPERS_SECRET|ESCALE_HOME/);
  if (process.getuid?.() === 0) assert.match(output, /Permission denied|^\d{2,3}$/m);
  assert.match(output, /•••/);
  assert.doesNotMatch(JSON.stringify(lines), /sk-live/);
  const kept = JSON.stringify(store.sql.all('SELECT * FROM pipeline_steps'));
  assert.match(kept, /not ok|•••/);
  assert.doesNotMatch(kept, /sk-live/);
  for (const folder of [home.logs, home.pipelines])
    for (const file of globSync('**/*.{jsonl,html,json}', { cwd: folder }))
      assert.doesNotMatch(readFileSync(path.join(folder, file), 'utf8'), /sk-live/, file);
  assert.ok(globSync('**/*.jsonl', { cwd: home.logs }).length > 0);
});
