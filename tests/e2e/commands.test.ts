import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChangeEnd } from '../../src/server/index.ts';
import { type Ended, jsonLines, startEscale } from './escale.ts';

function resultOf(ended: Ended): ChangeEnd {
  const result = jsonLines<{ type: string } & ChangeEnd>(ended.stdout).find(({ type }) => type === 'result');
  assert.ok(result, ended.output);
  return result;
}

test('scale, restart and rollback by the CLI, for people and for programs, under load', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  await escale.must(['deploy'], hello.folder);
  const load = escale.load(hello.host);
  const ids = async () => (await escale.service('says-hello')).instances.map(({ id }) => id).sort();

  await t.test('scale up and down', async () => {
    const before = await ids();
    const up = resultOf(await escale.must(['scale', 'says-hello/web=4', '--json']));
    assert.deepEqual([up.rollout?.kind, up.rollout?.state, up.release], ['scale', 'promoted', 1]);
    const four = await ids();
    assert.equal(four.length, 4);
    assert.ok(
      before.every((id) => four.includes(id)),
      'those that ran go on',
    );
    await escale.must(['scale', 'web=2'], hello.folder);
    assert.equal((await ids()).length, 2);
    assert.match((await escale.must(['scale', 'web=2'], hello.folder)).stdout, /nothing to do/);
  });

  await t.test('a number outlives the next release', async () => {
    await escale.must(['scale', 'says-hello=3']);
    hello.write('version.txt', 'two');
    await escale.must(['deploy'], hello.folder);
    assert.equal((await ids()).length, 3);
  });

  await t.test('restart replaces every instance of the same release', async () => {
    const before = await ids();
    const { rollout, release } = resultOf(await escale.must(['restart', 'says-hello', '--json']));
    assert.deepEqual([rollout?.kind, rollout?.state, release], ['restart', 'promoted', 2]);
    const after = await ids();
    assert.equal(after.length, 3);
    assert.ok(after.every((id) => !before.includes(id)));
  });

  await t.test('rollback, to the one before and to a named one', async () => {
    const back = resultOf(await escale.must(['rollback', '--json'], hello.folder));
    assert.deepEqual([back.rollout?.kind, back.rollout?.state, back.release], ['rollback', 'promoted', 1]);
    assert.equal(await escale.body(hello.host, '/version'), 'one');
    await escale.must(['rollback', 'says-hello', '--to', '2']);
    assert.equal(await escale.body(hello.host, '/version'), 'two');
  });

  await t.test('what can not be done is refused with a code that says why', async () => {
    const cases: [string[], number, string][] = [
      [['rollback', 'says-hello', '--to', '9'], 1, 'release-unknown'],
      [['scale', 'says-hello/wbe=2'], 1, 'service-unknown'],
      [['scale', 'says-hello=101'], 2, 'scale-number'],
      [['restart', 'nobody/web'], 1, 'system-unknown'],
    ];
    for (const [words, code, name] of cases) {
      const ended = await escale.run([...words, '--json']);
      assert.equal(ended.code, code, ended.output);
      assert.equal(JSON.parse(ended.stdout).error.code, name);
    }
  });

  await t.test('no request was lost', async () => {
    const result = await load.stop();
    assert.deepEqual(result.failures, []);
    assert.ok(result.total.ok > 300);
  });
});

test('a rollback while a rollout is under way returns to what ran before it', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  await escale.must(['deploy'], hello.folder);
  hello.become('never-ready');
  hello.edit('escale.yaml', (text) => text.replace('deadline: 2s', 'deadline: 60s'));
  const deploy = escale.start(['deploy'], hello.folder);
  await deploy.until(/record release 2/);
  const rollback = await escale.run(['rollback'], hello.folder);
  const ended = await deploy.ended;
  assert.equal(ended.code, 1, 'the deploy did not come about');
  assert.match(ended.stdout, /a rollback was asked for/);
  assert.equal(rollback.code, 0, `the rollback did: ${rollback.output}`);
  assert.equal(await escale.body(hello.host, '/version'), 'one');
  const view = await escale.systemView('says-hello');
  assert.deepEqual([view.release, view.state, view.rollouts[0]?.state], [1, 'ready', 'cancelled']);
});
