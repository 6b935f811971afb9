import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RESOURCE_HOLD_MS } from '../core/contracts/index.ts';
import { Holds } from './holds.ts';
import { hostOf } from './testing/host.ts';
import { wishOf } from './testing/wish.ts';

test('a hold ends by itself, later when it is asked for again, at once when it is let go', () => {
  const holds = new Holds();
  holds.hold('local/shop/db', 1000);
  const end = 1000 + RESOURCE_HOLD_MS;
  assert.deepEqual([holds.isHeld('local/shop/db', end - 1), holds.nextEnd(end - 1)], [true, end]);
  assert.deepEqual([holds.isHeld('local/shop/db', end), holds.nextEnd(end)], [false, null]);
  holds.hold('local/shop/db', 2000);
  assert.equal(holds.isHeld('local/shop/db', end), true);
  holds.letGo('local/shop/db');
  assert.deepEqual([holds.isHeld('local/shop/db', 2000), holds.nextEnd(2000)], [false, null]);
});

test('whoever held a resource was killed: it is started again', { timeout: 5000 }, async (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000_000 });
  const { supervisor, runtime, until } = await hostOf(t);
  const resources = [{ name: 'db', type: 'postgres', external: null }];
  await supervisor.apply(wishOf([], { resources }));
  await until(({ resources }) => resources[0]?.state === 'ready');
  await supervisor.holdResource('local/shop/db');
  t.mock.timers.setTime(1_000_000 + RESOURCE_HOLD_MS);
  await supervisor.apply(wishOf([], { resources }));
  await until(({ resources }) => resources[0]?.state === 'ready');
  assert.equal(runtime.started.length, 2);
});
