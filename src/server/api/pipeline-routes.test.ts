import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { PipelineStore } from '../pipelines/index.ts';
import { pages } from '../testing/pages.ts';
import type { PipelineRunView, PipelineSummary } from './types.ts';

const WISH = {
  ...{ system: 'shop', repository: 'shop', branch: 'main', commit: 'c1', folder: '.', by: 'ada' },
  ...{ cause: 'push' as const, environments: [] },
};

/** The API over one run, whose test has failed and left something. */
function api(t: TestContext) {
  const { askSocket, pipelines, store, bearer, ask } = pages(t);
  const runs = new PipelineStore(store.sql);
  const { id } = pipelines.begin(WISH);
  runs.addSteps(id, [{ name: 'test', kind: 'command', needs: [], cacheKey: null }]);
  const failures = [{ name: 'adds', file: 'a.js', line: 3, message: '<b>' }];
  const tests = { passed: 1, failed: 1, skipped: 0, failures };
  const step = { ...runs.step(id, 'test')!, state: 'failed' as const, tests, artifacts: ['deep/a b.html'] };
  runs.saveStep(step);
  runs.change(id, { state: 'failed', reason: 'test failed', endedAt: 1 });
  const kept = path.join(pipelines.folderOf(id).artifacts, 'test', 'deep');
  mkdirSync(kept, { recursive: true });
  writeFileSync(path.join(kept, 'a b.html'), '<script>1</script>');
  writeFileSync(path.join(kept, 'not-kept'), 'x');
  const get = (url: string, headers: Record<string, string> = {}) => askSocket('GET', url, headers);
  return { get, post: (url: string) => askSocket('POST', url, {}, {}), id, pipelines, bearer, ask };
}

test('runs and one run, as pages see them', async (t) => {
  const { get, id } = api(t);
  const runs = (await get('/api/pipelines?system=shop')).json<PipelineSummary[]>();
  assert.deepEqual(
    runs.map(({ id: run, state, commit }) => [run, state, commit]),
    [[id, 'failed', 'c1']],
  );
  assert.deepEqual((await get('/api/pipelines?system=blog')).json(), []);
  const run = (await get(`/api/pipelines/${id}`)).json<PipelineRunView>();
  assert.deepEqual(
    run.steps.map(({ name, state, tests }) => [name, state, tests?.failed]),
    [['test', 'failed', 1]],
  );
  assert.equal((await get('/api/pipelines/99')).statusCode, 404);
  assert.equal((await get('/api/pipelines/x')).statusCode, 400);
});

test('the log of a run ends with its end', async (t) => {
  const { get, id } = api(t);
  const { body, headers } = await get(`/api/pipelines/${id}/log`);
  assert.equal(headers['content-type'], 'application/x-ndjson');
  const types = body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  assert.deepEqual(types, ['run', 'test-failed', 'ended', 'end']);
});

test('the report is in the reader’s language, in a sandbox', async (t) => {
  const { get, id } = api(t);
  const french = await get(`/api/pipelines/${id}/report`, { 'accept-language': 'fr-FR,fr' });
  assert.match(french.body, /<html lang="fr">[\s\S]*échouée/);
  assert.match(String(french.headers['content-security-policy']), /^sandbox; default-src 'none'/);
  assert.match((await get(`/api/pipelines/${id}/report?lang=en`)).body, /&lt;b&gt;/);
});

test('what a step has kept is saved, never shown; what it has not kept is not there', async (t) => {
  const { get, id } = api(t);
  const artifact = (name: string) => get(`/api/pipelines/${id}/artifact?path=${encodeURIComponent(name)}`);
  const kept = await artifact('test/deep/a b.html');
  assert.deepEqual([kept.statusCode, kept.body], [200, '<script>1</script>']);
  assert.equal(kept.headers['content-disposition'], 'attachment; filename="a_b.html"');
  assert.equal(kept.headers['content-type'], 'application/octet-stream');
  for (const name of [
    'test/deep/not-kept',
    'test/../../../../escale.db',
    '/etc/passwd',
    'other/a',
    'test',
    '',
  ])
    assert.equal((await artifact(name)).statusCode, 404, name);
});

test('what has ended can’t be cancelled, and what delivers neither', async (t) => {
  const { post: send, id, pipelines } = api(t);
  const post = async (run: number, verb: string) =>
    (await send(`/api/pipelines/${run}/${verb}`)).json<{ error?: { code: string }; retryOf?: number }>();
  assert.equal((await post(id, 'cancel')).error?.code, 'pipeline-ended');
  const again = await post(id, 'retry');
  assert.equal(again.retryOf, id);
  const next = pipelines.begin({ ...WISH, branch: 'other' });
  assert.deepEqual(await post(next.id, 'cancel'), {});
  assert.match(pipelines.run(next.id).cancelled!, / cancelled it$/);
});

test('a run is seen and changed by those who have a part in where it goes', async (t) => {
  const { pipelines, bearer, ask } = api(t);
  const { id } = pipelines.begin({ ...WISH, branch: 'live', environments: ['production'] });
  const staging = bearer([{ role: 'admin', environment: 'staging' }]);
  const production = bearer([{ role: 'viewer', environment: 'production' }]);
  const status = async (method: 'GET' | 'POST', verb: string, who: Record<string, string>) =>
    (await ask(method, `/api/pipelines/${id}${verb}`, who, method === 'POST' ? {} : undefined)).statusCode;
  assert.deepEqual([await status('GET', '', staging), await status('GET', '', production)], [404, 200]);
  assert.equal(await status('POST', '/cancel', staging), 404);
  assert.equal(await status('POST', '/cancel', production), 403);
});
