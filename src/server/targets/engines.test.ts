import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { DesiredSystem, Engine } from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { FakeEngine } from '../testing/fake-engine.ts';
import { Engines } from './index.ts';

const wish = (system: string): DesiredSystem => ({
  ...{ system, environment: 'production', resources: [], routes: [] },
  sets: [
    { service: 'web', release: 1, rollout: 1, count: 1, plan: {} as DesiredSystem['sets'][number]['plan'] },
  ],
});

/** `shop` is on `prod`, everything else here. */
function engines(t: TestContext) {
  const [local, prod] = [new FakeEngine(), new FakeEngine()];
  const elsewhere = new Map<string, Engine>([['prod', prod]]);
  const all = new Engines({
    ...{ local, elsewhere: () => elsewhere },
    targetOf: ({ system }) => (system === 'shop' ? 'prod' : null),
    engineOf: (name) => elsewhere.get(name)!,
  });
  t.after(() => all.close());
  const away = async () => {
    throw new EscaleError('target-away', 'prod can’t be reached');
  };
  const goAway = () => Object.assign(prod, { observe: away, wishes: away, apply: away });
  return { all, local, prod, goAway };
}

test('what is asked of a place goes to its host, and a picture is of all', async (t) => {
  const { all, local, prod } = engines(t);
  await all.apply(wish('shop'));
  await all.apply(wish('blog'));
  assert.deepEqual(
    [local, prod].map(({ applied }) => applied.map(({ system }) => system)),
    [['blog'], ['shop']],
  );
  const { instances } = await all.observe();
  assert.deepEqual(instances.map(({ system }) => system).sort(), ['blog', 'shop']);
  assert.deepEqual((await all.wishes()).map(({ system }) => system).sort(), ['blog', 'shop']);
  const { instances: there } = await all.observe({ system: 'shop', environment: 'production' });
  assert.deepEqual(
    there.map(({ system }) => system),
    ['shop'],
  );
  await all.remove('shop', 'production');
  assert.deepEqual([local.removed.length, prod.removed.length], [0, 1]);
});

test('one that is away shows what was last seen, and nobody decides by that', async (t) => {
  const { all, goAway } = engines(t);
  await all.apply(wish('shop'));
  await all.apply(wish('blog'));
  const before = [await all.observe(), await all.wishes()];
  goAway();
  assert.deepEqual([await all.observe(), await all.wishes()], before);
  await assert.rejects(all.observe({ system: 'shop', environment: 'production' }), { code: 'target-away' });
  await assert.rejects(all.apply(wish('shop')), { code: 'target-away' });
  await all.apply(wish('blog'));
});

test('one that never answers keeps nobody waiting', { timeout: 10_000 }, async (t) => {
  const { all, prod } = engines(t);
  await all.apply(wish('blog'));
  Object.assign(prod, { observe: () => new Promise(() => {}), wishes: () => new Promise(() => {}) });
  const [{ instances }, wishes] = await Promise.all([all.observe(), all.wishes()]);
  assert.deepEqual([instances.length, wishes.length], [1, 1]);
});
