import assert from 'node:assert/strict';
import type { Register } from './engine.ts';
import type { TestSystem } from './system.ts';

/** Who is started gets what it needs; who can't be started is tried again, later and later. */
export function startTests(register: Register): void {
  register('HOST, PORT, its own variables and its names are in its environment', async (system) => {
    const env = { COLOR: 'red', EMPTY: '' };
    await system.apply(await system.set('answers', { release: 7, rollout: 9, plan: { env } }));
    const [instance] = await system.ready(1);
    const seen = JSON.parse((await system.get('/env')).text) as Record<string, string>;
    assert.deepEqual(
      [seen.PORT, seen.COLOR, seen.EMPTY, seen.ESCALE_RELEASE, seen.ESCALE_INSTANCE, seen.ESCALE_SERVICE],
      [String(instance!.port), 'red', '', '7', instance!.id, 'web'],
    );
    assert.ok(seen.HOST);
  });

  register("nothing of its keeper's environment is in its own", async (system) => {
    await system.apply(await system.set('answers'));
    await system.ready(1);
    const seen = JSON.parse((await system.get('/env')).text) as Record<string, string>;
    const { name, value } = system.test.secret;
    assert.equal(seen[name], undefined);
    assert.ok(!JSON.stringify(seen).includes(value));
    assert.deepEqual(
      Object.keys(seen).filter((key) => ['ESCALE_HOME', 'ESCALE_HTTP_PORT', 'SSH_AUTH_SOCK'].includes(key)),
      [],
    );
    assert.notEqual(seen.HOME, process.env.HOME);
  });

  register('a service finds the ones it uses at an address that lasts', async (system) => {
    const back = await system.set('answers', { service: 'back' });
    const uses = { BACK_URL: `${system.name}/back` };
    const front = await system.set('calls', { service: 'front', plan: { uses } });
    await system.apply(back, front);
    await system.ready(2);
    const first = await system.get('/call/BACK_URL', 'front');
    assert.match(first.text, /back/);
    await system.apply({ ...back, release: 2, rollout: 2 }, front);
    await system.until(
      'only the new one is there',
      (all) =>
        all.length === 2 && all.every((one) => one.service === 'front' || one.release === 2) && allReady(all),
    );
    const second = await system.get('/call/BACK_URL', 'front');
    assert.equal(second.status, 200);
    assert.notEqual(second.text, first.text);
  });

  register('a worker has no port, and is ready when it has run for a while', async (system) => {
    await system.apply(await system.set('worker', { plan: { port: false } }));
    const [worker] = await system.ready(1);
    assert.equal(worker!.port, null);
    const seen = (await system.engine.observe()).services.find((one) => one.system === system.name);
    assert.equal(seen?.internalUrl ?? null, null);
  });

  register('one that crashes is tried again, later and later, and is never ready', async (system) => {
    await system.apply(await system.set('crashes'));
    let longest = 0;
    await system.until('it failed four times', (all, observation) => {
      assert.ok(all.every(({ state }) => state !== 'ready'));
      const set = system.setOf(observation);
      longest = Math.max(longest, set?.backoffMs ?? 0);
      return (set?.failures ?? 0) >= 4;
    });
    assert.ok(longest > 400, `the longest wait that was seen is ${longest} ms`);
    const { lastFailure } = system.setOf(await system.engine.observe())!;
    assert.match(lastFailure!.reason, /exited with code 5/);
    assert.ok(lastFailure!.instance.length > 0);
  });

  register('a better set ends the back-off of the one before', async (system) => {
    await system.apply(await system.set('crashes'));
    await system.until('it failed twice', (_, seen) => (system.setOf(seen)?.failures ?? 0) >= 2);
    await system.apply(await system.set('answers', { release: 2 }));
    const [good] = await system.ready(1);
    assert.equal(good!.release, 2);
    assert.equal(system.setOf(await system.engine.observe(), 2)?.failures, 0);
  });

  register(
    'one that is never ready gets no request, and fails at its deadline with the reason',
    async (system) => {
      const good = await system.set('answers');
      await system.apply(good);
      await system.ready(1);
      const start = { deadlineMs: 2000, stableMs: 0 };
      await system.apply(good, await system.set('neverReady', { release: 2, plan: { start } }));
      await system.until('it has failed', (_, seen) => (system.setOf(seen, 2)?.failures ?? 0) >= 1);
      for (let asked = 0; asked < 5; asked++) assert.notEqual((await system.get('/')).text, 'not yet');
      const { lastFailure } = system.setOf(await system.engine.observe(), 2)!;
      assert.match(lastFailure!.reason, /not ready within 2 s.*503/);
    },
  );

  register('a program that is not there is named', async (system) => {
    await system.apply(await system.set('answers', { plan: { command: ['no-such-program'] } }));
    await system.until('it has failed', (_, seen) => (system.setOf(seen)?.failures ?? 0) >= 1);
    const { lastFailure } = system.setOf(await system.engine.observe())!;
    assert.match(lastFailure!.reason, /no-such-program/);
  });

  register('a killed instance is replaced within a second and its own start', async (system) => {
    await system.apply(await system.set('answers', { count: 2 }));
    const [victim] = await system.ready(2);
    const killedAt = Date.now();
    await system.engine.kill(victim!.id);
    const after = await replaced(system, victim!.id);
    const successor = Math.max(...after.map(({ startedAt }) => startedAt));
    assert.ok(successor - killedAt < 3000, `started ${successor - killedAt} ms after the kill`);
    await assert.rejects(system.engine.kill(victim!.id), { code: 'instance-unknown' });
  });
}

function allReady(instances: { state: string }[]): boolean {
  return instances.every(({ state }) => state === 'ready');
}

/** Two are ready, and this one is none of them. */
function replaced(system: TestSystem, id: string) {
  return system.until(
    'it is replaced',
    (all) => all.length === 2 && allReady(all) && all.every((one) => one.id !== id),
  );
}
