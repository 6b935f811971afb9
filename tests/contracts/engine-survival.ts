import assert from 'node:assert/strict';
import { waitFor } from '../e2e/escale.ts';
import type { Register } from './engine.ts';

/** The death of what keeps the instances: they go on, and its successor knows them. */
export function survivalTests(register: Register): void {
  register(
    'its keeper is killed with -9: the instances answer on, are adopted, none is doubled',
    async (system) => {
      const set = await system.set('answers', { count: 2 });
      const worker = await system.set('worker', { service: 'clock', plan: { port: false } });
      await system.apply(set, worker);
      const before = await system.ready(3);
      const answers: Promise<{ status: number }>[] = [];
      const asking = setInterval(() => answers.push(system.get('/').catch(() => ({ status: 0 }))), 50);
      await system.test.killKeeper();
      const after = await system.ready(3);
      clearInterval(asking);
      await Promise.all(answers);
      const identities = (all: typeof before) =>
        all.map(({ id, pid, port }) => `${id} ${pid} ${port}`).sort();
      assert.deepEqual(identities(after), identities(before));
    },
  );

  register(
    'its keeper is killed long after the start deadline of the instances: they are adopted all the same',
    async (system) => {
      const start = { deadlineMs: 2000, stableMs: 100 };
      const set = await system.set('answers', { count: 2, plan: { start } });
      const worker = await system.set('worker', { service: 'clock', plan: { port: false, start } });
      await system.apply(set, worker);
      const before = await system.ready(3);
      const deadline = Math.max(...before.map(({ startedAt }) => startedAt)) + start.deadlineMs;
      await waitFor('the deadline has passed', () => Date.now() > deadline);
      await system.test.killKeeper();
      const after = await system.ready(3);
      assert.deepEqual(after.map(({ pid }) => pid).sort(), before.map(({ pid }) => pid).sort());
    },
  );

  register(
    'an adopted instance is replaced when it dies, and stopped when it is not wanted',
    async (system) => {
      await system.apply(await system.set('answers', { count: 2 }));
      const [first] = await system.ready(2);
      await system.test.killKeeper();
      await system.ready(2);
      await system.engine.kill(first!.id);
      await system.until(
        'it is replaced',
        (all) => all.length === 2 && all.every(({ id, state }) => id !== first!.id && state === 'ready'),
      );
      await system.remove();
      assert.deepEqual(await system.instances(), []);
    },
  );

  register('what was wanted while nobody kept it is caught up on', async (system) => {
    const set = await system.set('answers', { count: 3 });
    await system.apply(set);
    const before = await system.ready(3);
    const killed = system.test.killKeeper();
    for (const { pid } of before.slice(0, 2)) process.kill(pid!, 'SIGKILL');
    await killed;
    const after = await system.ready(3);
    assert.ok(after.some(({ id }) => id === before[2]!.id));
    assert.equal(new Set(after.map(({ port }) => port)).size, 3);
  });

  register('what a living instance wrote while nobody kept it is in its log', async (system) => {
    await system.apply(await system.set('worker', { plan: { port: false } }));
    await system.lines({ follow: true }, (all) => all.some(({ text }) => text === 'tick 5'));
    await system.test.killKeeper();
    await system.lines({ follow: true }, (all) => Number(all.at(-1)!.text.slice(5)) >= 30);
    const ticks = (await system.lines({})).filter(({ stream }) => stream === 'out').map(({ text }) => text);
    assert.deepEqual(
      ticks.slice(0, 30),
      Array.from({ length: 30 }, (_, index) => `tick ${index + 1}`),
    );
  });
}
