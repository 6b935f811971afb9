import assert from 'node:assert/strict';
import type { Register } from './engine.ts';

/** Jobs: each run is begun once, ends with its exit code, and is begun again only where its end is not known. */
export function runTests(register: Register): void {
  register(
    'a run ends well, is told with its output, and is begun once however often it is asked for',
    async (system) => {
      const run = await system.run('once');
      await system.engine.run(run);
      await system.engine.run(run);
      const ended = await system.untilRun('once', ({ state }) => state === 'succeeded');
      assert.deepEqual([ended.job, ended.release, ended.exitCode], ['migrate', 1, 0]);
      assert.ok(ended.startedAt! <= ended.endedAt!);
      await system.engine.run(run);
      assert.equal(await system.begun(), 1);
      const lines = await system.lines({ service: 'migrate' });
      assert.ok(lines.some(({ text, instance }) => text === 'done: ' && instance === ended.instance));
      await system.engine.forgetRun(run.id);
      assert.equal((await system.engine.observe()).runs.length, 0);
    },
  );

  register('a run that fails says how, and is not tried again', async (system) => {
    await system.engine.run(await system.run('bad', { env: { DO: 'fail' } }));
    const ended = await system.untilRun('bad', ({ endedAt }) => endedAt !== null);
    assert.deepEqual([ended.state, ended.exitCode, ended.reason], ['failed', 3, 'exited with code 3']);
    const lines = await system.lines({ instance: ended.instance! });
    const stream = system.test.mixesStreams ? 'out' : 'err';
    assert.ok(lines.some((line) => line.text === 'no such table' && line.stream === stream));
    assert.equal(await system.begun(), 1);
  });

  register('a program that is not there is a run that failed', async (system) => {
    const run = await system.run('gone');
    run.plan.command = ['no-such-program'];
    await system.engine.run(run);
    const ended = await system.untilRun('gone', ({ endedAt }) => endedAt !== null);
    assert.equal(ended.state, 'failed');
    assert.match(ended.reason, /no-such-program/);
  });

  register('a run that takes too long is ended, and has failed', async (system) => {
    await system.engine.run(await system.run('slow', { env: { DO: 'stay' }, timeoutMs: 500 }));
    const ended = await system.untilRun('slow', ({ endedAt }) => endedAt !== null);
    assert.deepEqual([ended.state, ended.reason], ['failed', 'took longer than 0.5 s and was ended']);
  });

  register('its keeper is killed while a run goes on: it is adopted and not begun twice', async (system) => {
    await system.engine.run(await system.run('long', { env: { DO: 'wait for end' } }));
    const before = await system.untilRun('long', ({ state }) => state === 'running');
    await system.untilBegun();
    await system.test.killKeeper();
    const after = await system.untilRun('long', ({ state }) => state === 'running');
    assert.equal(after.instance, before.instance);
    assert.equal(await system.begun(), 1);
    await system.engine.forgetRun(`${system.name}-long`);
    assert.deepEqual(await system.instances(), []);
  });

  register('a run whose end nobody saw is begun again, and only that', async (system) => {
    await system.engine.run(await system.run('unseen', { env: { DO: 'wait for end' } }));
    await system.untilBegun();
    await system.test.killKeeper();
    const ended = await system.endOf('unseen');
    const times = system.test.seesEndsOfAdopted ? 1 : 2;
    assert.deepEqual([ended.state, await system.begun()], ['succeeded', times]);
  });

  register('removing the system ends its runs', async (system) => {
    await system.engine.run(await system.run('left', { env: { DO: 'stay' } }));
    await system.untilRun('left', ({ state }) => state === 'running');
    await system.remove();
    assert.deepEqual(await system.instances(), []);
    assert.equal((await system.engine.observe()).runs.length, 0);
  });
}
