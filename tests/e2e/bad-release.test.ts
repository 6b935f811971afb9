import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('a release that never becomes ready gets no traffic, says why, and leaves the old one alone', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  await escale.must(['deploy'], hello.folder);
  const load = escale.load(hello.host);
  hello.become('never-ready');
  const bad = await escale.run(['deploy'], hello.folder);

  await t.test('the command fails and names the instance, the reason and its last words', async () => {
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /says-hello-web-\w{6}: was not ready within 2 s: .*503/);
    assert.match(bad.stdout, /its last output:\n(?:.*\n)*.*still waiting for the moon/);
    assert.match(bad.stdout, /release 2 was not taken: .*release 1 runs on/);
  });

  await t.test('it ends within its deadline, its margin and the time to return', () => {
    const took = /\((\d+(?:\.\d+)?) s\)\s*$/.exec(bad.stdout)?.[1];
    assert.ok(Number(took) < 15, bad.stdout);
  });

  await t.test('the old release answered every request meanwhile', async () => {
    const result = await load.stop();
    assert.deepEqual(result.failures, []);
    assert.ok(result.total.ok > 100);
    assert.equal(await escale.body(hello.host, '/version'), 'one');
  });

  await t.test('status says what runs and what was not taken', async () => {
    const view = await escale.systemView('says-hello');
    assert.deepEqual([view.state, view.release], ['ready', 1]);
    assert.equal(view.rollouts[0]?.state, 'rolled-back');
    assert.match(view.rollouts[0]?.reason ?? '', /was not ready within 2 s/);
    assert.deepEqual(
      view.services[0]?.instances.map(({ release, state }) => [release, state]),
      [
        [1, 'ready'],
        [1, 'ready'],
      ],
    );
    const text = (await escale.must(['status'])).stdout;
    assert.match(text, /release 2 was not taken: .*was not ready within 2 s/);
  });

  await t.test('the next good release works', async () => {
    hello.become('says-hello');
    hello.write('version.txt', 'three');
    await escale.must(['deploy'], hello.folder);
    assert.equal(await escale.body(hello.host, '/version'), 'three');
    assert.equal((await escale.systemView('says-hello')).release, 3);
  });
});
