import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('two deploys at once are ordered, and both end well', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');

  await t.test('also when nothing runs yet and both start Escale', async () => {
    const [first, second] = await Promise.all([
      escale.run(['deploy'], hello.folder),
      escale.run(['deploy'], hello.folder),
    ]);
    assert.deepEqual([first.code, second.code], [0, 0], first.output + second.output);
    assert.equal((await escale.systemView('says-hello')).release, 1);
    assert.equal((await escale.service('says-hello')).instances.length, 2);
  });

  await t.test('the later one waits for the one that is under way', async () => {
    hello.write('version.txt', 'two');
    const first = escale.start(['deploy'], hello.folder);
    await first.until(/record release 2/);
    hello.write('version.txt', 'three');
    const second = await escale.run(['deploy'], hello.folder);
    const firstEnded = await first.ended;
    assert.deepEqual([firstEnded.code, second.code], [0, 0], firstEnded.output + second.output);
    assert.match(firstEnded.stdout, /release 2 runs/);
    assert.match(second.stdout, /record release 3 \(from 2\)/);
    assert.equal(await escale.body(hello.host, '/version'), 'three');
    const { rollouts } = await escale.systemView('says-hello');
    assert.deepEqual(
      rollouts.map(({ toRelease, state }) => [toRelease, state]),
      [
        [3, 'promoted'],
        [2, 'promoted'],
        [1, 'promoted'],
      ],
    );
    assert.ok(rollouts[0]!.startedAt >= rollouts[1]!.endedAt!, 'the second began after the first had ended');
  });

  await t.test('a good one is not held up by an older one that is failing', async () => {
    hello.become('crashes-at-start');
    const bad = escale.start(['deploy'], hello.folder);
    await bad.until(/record release 4/);
    hello.become('says-hello');
    hello.write('version.txt', 'five');
    const good = await escale.run(['deploy'], hello.folder);
    assert.equal(good.code, 0, good.output);
    assert.equal((await bad.ended).code, 1);
    assert.equal(await escale.body(hello.host, '/version'), 'five');
  });
});
