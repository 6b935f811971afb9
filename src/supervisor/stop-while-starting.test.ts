import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostOf, kindOf } from './testing/host.ts';
import { planOf, setOf, wishOf } from './testing/wish.ts';

const resources = [{ name: 'db', type: 'postgres', external: null }];
const WISH = wishOf([], { resources });

/** A kind whose data folder takes until `go` to be made. */
function slowKind() {
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const prepare: ReturnType<typeof kindOf>['prepare'] = async (at) => {
    asked.resolve();
    await go.promise;
    return kindOf().prepare(at);
  };
  return { asked: asked.promise, go: go.resolve, prepare };
}

test('what is told to go while it is being made is not started', { timeout: 5000 }, async (t) => {
  const { asked, go, prepare } = slowKind();
  const { supervisor, runtime } = await hostOf(t, { prepare });
  await supervisor.apply(WISH);
  await asked;
  const removed = supervisor.remove('shop', 'local');
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  go();
  await removed;
  assert.deepEqual([runtime.started.length, supervisor.observe().instances], [0, []]);
});

test('held while it is being made: it is stopped, and started once it is let go', {
  timeout: 5000,
}, async (t) => {
  const { asked, go, prepare } = slowKind();
  const { supervisor, runtime, until } = await hostOf(t, { prepare });
  await supervisor.apply(WISH);
  await asked;
  const held = supervisor.holdResource('local/shop/db');
  go();
  await held;
  assert.equal(runtime.started.length, 0);
  supervisor.letGoResource('local/shop/db');
  await until(({ resources }) => resources[0]?.state === 'ready');
  assert.equal(runtime.started.length, 1);
});

test('what is told to go while it is being spawned gets its signal once it is there', {
  timeout: 5000,
}, async (t) => {
  const { supervisor, runtime } = await hostOf(t);
  const asked = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  runtime.beforeStart = async () => {
    asked.resolve();
    await go.promise;
  };
  await supervisor.apply(wishOf([setOf({ count: 1, plan: planOf({ port: false }) })]));
  await asked.promise;
  const removed = supervisor.remove('shop', 'local');
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  go.resolve();
  await removed;
  assert.deepEqual([runtime.started.length, runtime.signals], [1, ['stop']]);
});
