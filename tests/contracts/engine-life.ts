import assert from 'node:assert/strict';
import { wishDigest } from '../../src/core/contracts/index.ts';
import { isAlive, waitFor } from '../e2e/escale.ts';
import type { Register } from './engine.ts';

/** What is applied comes to be, and nothing else; what is removed leaves nothing. */
export function lifeTests(register: Register): void {
  register('what is applied is there, ready and reachable', async (system) => {
    await system.apply(await system.set('answers', { count: 2 }));
    const instances = await system.ready(2);
    assert.deepEqual(
      instances.map(({ service, release, rollout, environment }) => [service, release, rollout, environment]),
      Array.from({ length: 2 }, () => ['web', 1, 1, 'local']),
    );
    assert.equal(new Set(instances.map(({ port }) => port)).size, system.test.sharesPort ? 1 : 2);
    const { status, text } = await system.get('/');
    assert.equal(status, 200);
    assert.ok(instances.some(({ id }) => id === text));
  });

  register('it tells what is wished of it, also when its keeper has changed', async (system) => {
    const set = await system.set('answers');
    const held = async () => (await system.engine.wishes()).find((wish) => wish.system === system.name);
    assert.equal(await held(), undefined);
    await system.apply(set);
    const place = { system: system.name, environment: 'local' };
    const digest = wishDigest(system.wish([set]));
    assert.deepEqual(await held(), { ...place, digest });
    await system.test.killKeeper();
    assert.deepEqual(await held(), { ...place, digest });
    await system.remove();
    assert.equal(await held(), undefined);
  });

  register('applying the same again changes nothing', async (system) => {
    const set = await system.set('answers', { count: 2 });
    await system.apply(set);
    const before = await system.ready(2);
    for (let times = 0; times < 5; times++) await system.apply(set);
    const after = await system.ready(2);
    assert.deepEqual(
      after.map(({ id, pid }) => [id, pid]),
      before.map(({ id, pid }) => [id, pid]),
    );
  });

  register('a changed count starts what is missing, and ends what is too many', async (system) => {
    await system.apply(await system.set('answers', { count: 1 }));
    const [first] = await system.ready(1);
    await system.apply(await system.set('answers', { count: 3 }));
    const three = await system.ready(3);
    assert.ok(three.some(({ id }) => id === first!.id));
    await system.apply(await system.set('answers', { count: 2 }));
    const two = await system.ready(2);
    assert.ok(
      two.some(({ id }) => id === first!.id),
      'the oldest stays',
    );
    await system.apply(await system.set('answers', { count: 0 }));
    await system.until('none is left', (all) => all.length === 0);
  });

  register('two sets of a service run at once, each with its own count', async (system) => {
    const old = await system.set('answers', { count: 2 });
    await system.apply(old);
    const before = await system.ready(2);
    await system.apply({ ...old, count: 1 }, { ...old, release: 2, rollout: 2, count: 1 });
    const both = await system.until(
      'one of each is ready',
      (all) =>
        all.length === 2 && all.every(({ state }) => state === 'ready') && all.some((i) => i.release === 2),
    );
    assert.deepEqual(both.map(({ release }) => release).sort(), [1, 2]);
    const kept = both.find(({ release }) => release === 1);
    assert.ok(before.some(({ id }) => id === kept!.id));
    const answers = new Set<string>();
    for (let asked = 0; asked < 10; asked++) answers.add((await system.get('/')).text);
    assert.ok([...answers].every((id) => both.some((one) => one.id === id)));
  });

  register('an instance that is told to go answers what it has before it ends', async (system) => {
    await system.apply(await system.set('answers', { count: 1 }));
    const [first] = await system.ready(1);
    const slow = await system.slowRequest();
    await system.apply(await system.set('answers', { count: 1, release: 2 }));
    const answer = await slow.answer;
    assert.deepEqual(answer, { status: 200, text: 'at last' });
    const [second] = await system.until(
      'the other one is alone',
      (all) => all.length === 1 && all[0]!.id !== first!.id && all[0]!.state === 'ready',
    );
    assert.equal(second!.release, 2);
  });

  register('remove drains, and resolves when nothing is left', async (system) => {
    await system.apply(await system.set('answers', { count: 2 }));
    const instances = await system.ready(2);
    const slow = await system.slowRequest();
    const removed = system.remove();
    assert.equal((await slow.answer).status, 200);
    await removed;
    assert.deepEqual(await system.instances(), []);
    for (const { port } of instances)
      await assert.rejects(fetch(`http://127.0.0.1:${port}/`), 'nobody listens any more');
    await system.remove();
  });

  register('an instance that ignores SIGTERM is killed after its grace', async (system) => {
    const stop = { drainMs: 500, websocketsMs: 500, graceMs: 500 };
    await system.apply(await system.set('ignoresSigterm', { plan: { stop } }));
    await system.ready(1);
    await system.apply();
    await system.until('it is gone', (all) => all.length === 0);
    const texts = (await system.lines({ service: 'web' })).map(({ text }) => text);
    assert.ok(texts.includes('I stay'), texts.join('\n'));
    assert.ok(texts.some((text) => text.includes('SIGKILL')));
  });

  register(
    'a single instance with a volume stops before its successor starts, and keeps its folder',
    async (system) => {
      const first = await system.set('keepsData', { plan: { volume: true } });
      await system.apply(first);
      await system.ready(1);
      assert.equal((await system.get('/')).text, '1 ');
      await system.apply({ ...first, release: 2, rollout: 2 });
      const asked = system.get('/');
      await system.until('the successor is ready', ([one]) => one?.release === 2 && one.state === 'ready');
      assert.equal((await asked).status, 200, 'requests wait meanwhile');
      assert.equal((await system.get('/')).text, '1 2 ');
    },
  );

  register('what an instance started ends with it, also what has left its session', async (system) => {
    await system.apply(await system.set('leavesChildren', { plan: { port: false } }));
    const [instance] = await system.ready(1);
    const lines = await system.lines({ follow: true }, (all) => all.at(-1)!.text.startsWith('child '));
    const child = system.test.hostPid(instance!, Number(lines.at(-1)!.text.slice(6)));
    process.kill(child, 0);
    await system.remove();
    await waitFor('its child is gone, too', () => !isAlive(child));
  });
}
