import assert from 'node:assert/strict';
import type { Register } from './engine.ts';

/** Resources: started before what needs them, stopped after it, kept over everything. */
export function resourceTests(register: Register): void {
  register('what needs a database gets its address, and is started once that answers', async (system) => {
    const resources = [{ resource: 'db', prefix: '' }];
    await system.applyWithDatabase(await system.set('answers', { plan: { resources } }));
    const db = await system.untilDatabase('ready');
    assert.deepEqual([db.name, db.type, db.external], ['db', 'postgres', false]);
    await system.until('it is ready', (all) =>
      all.some(({ role, state }) => role === 'service' && state === 'ready'),
    );
    const { DATABASE_URL } = JSON.parse((await system.get('/env')).text) as { DATABASE_URL: string };
    assert.equal(new URL(DATABASE_URL).port, String(db.port));
    await system.engine.run(await system.run('with', { db: true }));
    const ended = await system.untilRun('with', ({ endedAt }) => endedAt !== null);
    assert.equal(ended.state, 'succeeded');
    const lines = await system.lines({ instance: ended.instance! });
    assert.ok(lines.some(({ text }) => text === 'done: postgres://'));
    assert.ok(!lines.some(({ text }) => text.includes(new URL(DATABASE_URL).password)));
  });

  register('several of one kind carry their names in the variables', async (system) => {
    const resources = [
      { resource: 'db', prefix: 'DB_' },
      { resource: 'stats', prefix: 'STATS_' },
    ];
    const databases = resources.map(({ resource: name }) => ({ name, type: 'postgres', external: null }));
    const set = await system.set('answers', { plan: { resources } });
    await system.engine.apply(system.wish([set], databases));
    await system.until('it is ready', (all) =>
      all.some(({ role, state }) => role === 'service' && state === 'ready'),
    );
    const env = JSON.parse((await system.get('/env')).text) as Record<string, string>;
    assert.deepEqual(
      [env.DATABASE_URL, env.DB_DATABASE_URL?.slice(0, 11), env.STATS_DATABASE_URL?.slice(0, 11)],
      [undefined, 'postgres://', 'postgres://'],
    );
    assert.notEqual(env.DB_DATABASE_URL, env.STATS_DATABASE_URL);
  });

  register('a killed one is back at the same address, and what uses it runs on', async (system) => {
    const resources = [{ resource: 'db', prefix: '' }];
    await system.applyWithDatabase(await system.set('answers', { plan: { resources } }));
    const db = await system.untilDatabase('ready');
    const [service] = await system
      .until('it is ready', (all) => all.some(({ role, state }) => role === 'service' && state === 'ready'))
      .then((all) => all.filter(({ role }) => role === 'service'));
    await system.engine.kill(db.instance!);
    const again = await system.untilDatabase('ready', ({ startedAt }) => startedAt !== db.startedAt);
    assert.equal(again.port, db.port);
    const now = (await system.instances()).find(({ role }) => role === 'service');
    assert.equal(now?.id, service!.id);
  });

  register('its keeper is killed: it is adopted, never doubled', async (system) => {
    await system.applyWithDatabase();
    const before = await system.untilDatabase('ready');
    await system.test.killKeeper();
    const after = await system.untilDatabase('ready');
    assert.deepEqual([after.pid, after.instance], [before.pid, before.instance]);
    assert.deepEqual(
      (await system.instances()).map(({ id }) => id),
      [before.instance],
    );
  });

  register('held it stays stopped, let go it is back with what it kept', async (system) => {
    await system.applyWithDatabase();
    const before = await system.untilDatabase('ready');
    const place = { system: system.name, environment: 'local' };
    await system.engine.holdResource(place, 'db');
    assert.deepEqual(await system.instances(), []);
    await system.engine.letGoResource(place, 'db');
    const after = await system.untilDatabase('ready');
    assert.deepEqual([after.port, after.folder], [before.port, before.folder]);
    assert.notEqual(after.pid, before.pid);
  });

  register('it stops after what needs it', async (system) => {
    const resources = [{ resource: 'db', prefix: '' }];
    const stop = { drainMs: 5000, websocketsMs: 1000, graceMs: 1500 };
    await system.applyWithDatabase(await system.set('ignoresSigterm', { plan: { resources, stop } }));
    await system.until('it is ready', (all) =>
      all.some(({ role, state }) => role === 'service' && state === 'ready'),
    );
    const removed = system.remove();
    const order: string[] = [];
    await system.until('all are gone', (all) => {
      const roles = all
        .map(({ role }) => role)
        .sort()
        .join(' ');
      if (order.at(-1) !== roles) order.push(roles);
      return all.length === 0;
    });
    await removed;
    assert.ok(!order.includes('service'), order.join(', '));
  });
}
