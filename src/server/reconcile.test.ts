import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { EscaleError } from '../core/errors/index.ts';
import { controlPlaneIn, temporary, writeShop } from './testing/control-plane.ts';

const SHOP = { system: 'shop', environment: 'local' };
const quiet = () => {};
const noRoom = () => new EscaleError('disk-full', 'there is no room left');

/** `shop` with two instances runs its first release; then its file has changed. */
async function shopRuns(t: TestContext) {
  const parts = controlPlaneIn(t);
  const folder = writeShop(path.join(temporary(t), 'shop'), ['replicas: 2']);
  const deploy = () => parts.controlPlane.deploy({ folder, environment: 'local' }, quiet);
  await deploy();
  writeFileSync(path.join(folder, 'server.ts'), 'changed');
  const { controlPlane, engine, store } = parts;
  const pass = () => controlPlane.reconciler.pass();
  return {
    ...parts,
    deploy,
    folder,
    pass,
    held: () => engine.wishes(),
    newest: () => store.rollouts('shop', 'local', 1)[0]!,
  };
}

test('an engine that holds the wish already is asked for nothing', async (t) => {
  const { engine, pass } = await shopRuns(t);
  const before = engine.applied.length;
  await pass();
  await pass();
  assert.equal(engine.applied.length, before);
});

test('a wish that the engine has lost is said again', async (t) => {
  const { engine, pass, held } = await shopRuns(t);
  const before = await held();
  engine.forget();
  await pass();
  assert.deepEqual(await held(), before);
  assert.deepEqual(engine.wish(), ['web#1:1×2']);
});

test('what is down and still wanted by the engine is removed', async (t) => {
  const { engine, pass, store, held } = await shopRuns(t);
  store.saveDeployment({ ...store.deployment('shop', 'local')!, up: false });
  await pass();
  assert.deepEqual([engine.removed, await held()], [['local/shop'], []]);
});

test('a return that the engine could not write down is wished for again until it can', async (t) => {
  const { engine, pass, deploy, newest, clock } = await withClock(t);
  engine.fate = (set) => (set.release === 2 ? { fails: 'exited with code 1' } : 'ready');
  engine.looking = () => {
    engine.refuses = noRoom();
  };
  const { rollout } = await deploy();
  assert.equal(rollout!.state, 'rolled-back');
  assert.deepEqual(engine.wish(), ['web#1:1×2', 'web#2:2×1']);
  await pass();
  assert.deepEqual(engine.wish(), ['web#1:1×2', 'web#2:2×1']);
  engine.looking = quiet;
  engine.refuses = null;
  await pass();
  assert.deepEqual(engine.wish(), ['web#1:1×2', 'web#2:2×1'], 'it is not due yet');
  clock.ms += 1000;
  await pass();
  assert.deepEqual(engine.wish(), ['web#1:1×2']);
  assert.equal(newest().state, 'rolled-back');
});

async function withClock(t: TestContext) {
  const shop = await shopRuns(t);
  return { ...shop, clock: shop.engine.clock };
}

test('a rollout whose progress can’t be stored goes on where it was once it can', async (t) => {
  const { engine, pass, deploy, store, newest, clock } = await withClock(t);
  const save = t.mock.method(store, 'saveProgress', () => {
    throw noRoom();
  });
  await assert.rejects(deploy(), { code: 'disk-full', next: /the rollout then goes on by itself/ });
  assert.deepEqual([newest().state, newest().done], ['running', 2]);
  await pass();
  assert.equal(newest().state, 'running');
  save.mock.restore();
  clock.ms += 1000;
  await pass();
  assert.deepEqual([newest().state, engine.wish()], ['promoted', ['web#2:2×2']]);
});

test('a release that was not taken is not tried again because its end could not be stored', async (t) => {
  const { engine, pass, deploy, store, newest } = await withClock(t);
  engine.fate = (set) => (set.release === 2 ? { fails: 'exited with code 1' } : 'ready');
  const save = t.mock.method(store, 'saveProgress', () => {
    throw noRoom();
  });
  await assert.rejects(deploy(), { code: 'disk-full' });
  save.mock.restore();
  const tried = () => engine.applied.filter(({ sets }) => sets.some(({ release }) => release === 2)).length;
  const before = tried();
  await pass();
  assert.deepEqual([newest().state, tried()], ['rolled-back', before]);
  assert.deepEqual(engine.wish(), ['web#1:1×2']);
});

test('what is asked for next comes after the end of a rollout that was left', async (t) => {
  const { engine, deploy, controlPlane, store } = await withClock(t);
  const save = t.mock.method(store, 'saveProgress', () => {
    throw noRoom();
  });
  await assert.rejects(deploy(), { code: 'disk-full' });
  save.mock.restore();
  await controlPlane.scale(SHOP, { web: 3 }, quiet);
  assert.deepEqual(
    store.rollouts('shop', 'local', 9).map(({ kind, state }) => `${kind} ${state}`),
    ['scale promoted', 'deploy promoted', 'deploy promoted'],
  );
  assert.deepEqual(engine.wish(), ['web#2:2×3']);
});

test('a rollout that can’t be finished does not stand in the way of what is asked for next', async (t) => {
  const { engine, deploy, folder, newest, store } = await shopRuns(t);
  engine.refusal = new Error('a bug of the engine');
  await assert.rejects(deploy(), { message: 'a bug of the engine' });
  assert.equal(newest().state, 'running');
  engine.refusal = new Error('still the same bug');
  writeFileSync(path.join(folder, 'server.ts'), 'changed again');
  assert.equal((await deploy()).rollout!.state, 'promoted');
  assert.deepEqual(
    store.rollouts('shop', 'local', 2).map(({ state, reason }) => [state, reason]),
    [
      ['promoted', ''],
      ['cancelled', 'it could not be finished: still the same bug'],
    ],
  );
});

test('down ends a rollout that was left, and it stays down', async (t) => {
  const { engine, deploy, controlPlane, store, newest, pass, held } = await withClock(t);
  const save = t.mock.method(store, 'saveProgress', () => {
    throw noRoom();
  });
  await assert.rejects(deploy(), { code: 'disk-full' });
  save.mock.restore();
  await controlPlane.down(SHOP);
  await pass();
  assert.deepEqual([newest().state, newest().reason], ['cancelled', 'it was taken down']);
  assert.deepEqual([engine.removed, await held()], [['local/shop'], []]);
});

test('a place where a rollout goes on is left alone', async (t) => {
  const { engine, pass, deploy } = await withClock(t);
  const passes: Promise<void>[] = [];
  const before = engine.applied.length;
  engine.looking = () => void passes.push(pass());
  await deploy();
  engine.looking = quiet;
  await Promise.all(passes);
  assert.ok(passes.length > 0);
  assert.ok(engine.applied.slice(before).every(({ sets }) => sets.some(({ release }) => release === 2)));
});

test('a place that can’t be set right is told of once, and the others are set right', async (t) => {
  const { engine, pass, store, events, held } = await withClock(t);
  store.saveDeployment({ ...store.deployment('shop', 'local')!, system: 'gone', folder: '/gone' });
  engine.forget();
  await pass();
  engine.clock.ms += 1000;
  await pass();
  const told = events.filter(({ type }) => type === 'reconcile-failed');
  assert.deepEqual(
    told.map(({ system, message }) => `${system}: ${message}`),
    ['gone: gone has no release 1'],
  );
  assert.deepEqual(
    (await held()).map(({ system }) => system),
    ['shop'],
  );
});

test('the loop: it begins at once, goes on when woken, and waits for an engine that is away', async (t) => {
  const { engine, controlPlane, held } = await shopRuns(t);
  const before = await held();
  const saidAgain = async () => {
    while ((await held().catch(() => [])).length === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(await held(), before);
  };
  engine.forget();
  engine.awayFor = 1;
  controlPlane.resume();
  await new Promise(setImmediate);
  await saidAgain();
  engine.forget();
  controlPlane.reconciler.wake();
  await saidAgain();
});
