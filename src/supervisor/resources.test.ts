import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostOf } from './testing/host.ts';
import { wishOf } from './testing/wish.ts';

const database = (external: string | null = null) => ({ name: 'db', type: 'postgres', external });

test('the size of each is taken once when it becomes ready, however many there are', {
  timeout: 10_000,
}, async (t) => {
  const sized: string[] = [];
  const size = async ({ system }: { system: string }) => sized.push(system);
  const { supervisor, until } = await hostOf(t, { size });
  const systems = ['a', 'b', 'c', 'd', 'e', 'f'];
  await Promise.all(
    systems.map((system) => supervisor.apply(wishOf([], { system, resources: [database()] }))),
  );
  await until(
    ({ resources }) => resources.length === 6 && resources.every(({ sizeBytes }) => sizeBytes !== null),
  );
  assert.deepEqual(sized.toSorted(), systems);
});

test('an answer of what a resource was before says nothing of what it is now', {
  timeout: 10_000,
}, async (t) => {
  const first = Promise.withResolvers<string | null>();
  const asked = Promise.withResolvers<void>();
  const probe = ({ external }: { external: string | null }) => {
    if (external === 'postgres://new') return Promise.resolve('nothing listens there');
    asked.resolve();
    return first.promise;
  };
  const { supervisor } = await hostOf(t, { probe });
  await supervisor.apply(wishOf([], { resources: [database('postgres://old')] }));
  await asked.promise;
  await supervisor.apply(wishOf([], { resources: [database('postgres://new')] }));
  first.resolve(null);
  await new Promise(setImmediate);
  const [db] = supervisor.observe().resources;
  assert.deepEqual([db?.state, db?.reason], ['starting', 'nothing listens there']);
});
