import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstancePlan } from '../core/contracts/index.ts';
import { hostOf } from './testing/host.ts';
import { planOf, setOf, wishOf } from './testing/wish.ts';

const web = (rollout: number, resources: InstancePlan['resources']) =>
  setOf({ rollout, count: 1, plan: planOf({ port: false, resources }) });
const shop = (sets: ReturnType<typeof web>[], external: string | null) =>
  wishOf(sets, { resources: [{ name: 'db', type: 'postgres', external }] });
const here = web(1, [{ resource: 'db', prefix: '' }]);
const elsewhere = web(2, [{ resource: 'db', prefix: '', external: true }]);

test('a database that is elsewhere from now on: its server here stays while the former release runs, and no longer', {
  timeout: 10_000,
}, async (t) => {
  const { supervisor, until } = await hostOf(t);
  const services = () =>
    supervisor.observe().instances.map(({ service, rollout }) => `${service}#${rollout}`);
  await supervisor.apply(shop([here], null));
  await until(({ instances }) => instances.length === 2);
  await supervisor.apply(shop([here, elsewhere], 'postgres://db.example.org'));
  await until(({ instances }) => instances.length === 3);
  assert.deepEqual(services().toSorted(), ['db#0', 'web#1', 'web#2']);
  await supervisor.apply(shop([elsewhere], 'postgres://db.example.org'));
  await until(({ instances }) => instances.length === 1);
  assert.deepEqual(services(), ['web#2']);
});
