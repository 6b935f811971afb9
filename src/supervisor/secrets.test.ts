import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostOf } from './testing/host.ts';
import { planOf, setOf, wishOf } from './testing/wish.ts';

const EXTERNAL = {
  ...{ name: 'db', type: 'postgres', external: 'postgres://shop:${secret.PASSWORD}@db/shop' },
  secrets: { PASSWORD: 3 },
};

test('values are filled in when something is started, and stand in no picture and no wish', async (t) => {
  const asked: (string | null)[] = [];
  const { supervisor, runtime, until } = await hostOf(t, {
    probe: async ({ external }) => {
      asked.push(external);
      return null;
    },
  });
  const plan = planOf({
    env: { KEY: 'Bearer ${secret.KEY}', PLAIN: '${HOME}' },
    secrets: { KEY: 2 },
    resources: [{ resource: 'db', prefix: '' }],
  });
  await supervisor.apply(wishOf([setOf({ plan, count: 1 })], { resources: [EXTERNAL] }));
  await until(() => runtime.started.length > 0);
  const { KEY, PLAIN, DATABASE_URL } = runtime.started[0]!.env;
  const address = 'postgres://shop:PASSWORD%403@db/shop';
  assert.deepEqual(
    { KEY, PLAIN, DATABASE_URL },
    { KEY: 'Bearer KEY@2', PLAIN: '${HOME}', DATABASE_URL: address },
  );
  assert.equal(asked[0], address);
  assert.doesNotMatch(JSON.stringify([supervisor.observe(), supervisor.wishes()]), /KEY@2|PASSWORD%403/);
});

test('without a value nothing is started, and the failure says which', async (t) => {
  const { supervisor, runtime, until } = await hostOf(t);
  const plan = planOf({ env: { KEY: '${secret.KEY}' } });
  await supervisor.apply(wishOf([setOf({ plan, count: 1 })]));
  await until(({ sets }) => sets[0]?.lastFailure?.reason === 'KEY is not set');
  assert.deepEqual(runtime.started, []);
});

test('a resource whose address has no value does not answer, and says why', async (t) => {
  const { supervisor, until } = await hostOf(t);
  const { secrets: _, ...unset } = EXTERNAL;
  await supervisor.apply(wishOf([], { resources: [unset] }));
  await until(({ resources }) => resources[0]?.reason === 'PASSWORD is not set');
});
