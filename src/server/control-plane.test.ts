import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { EngineEvent } from '../core/contracts/index.ts';
import { describe } from '../core/rollout/index.ts';
import { ControlPlane, type ControlPlaneParts, type Progress } from './control-plane.ts';
import { controlPlaneIn, temporary, writeShop } from './testing/control-plane.ts';
import { FakeEngine } from './testing/fake-engine.ts';

const SHOP = { system: 'shop', environment: 'local' };
const quiet = () => {};

function shop(t: TestContext, lines: string[] = []) {
  const parts = controlPlaneIn(t);
  const folder = writeShop(path.join(temporary(t), 'shop'), lines);
  const source = { folder, environment: 'local' };
  return { ...parts, folder, deploy: () => parts.controlPlane.deploy(source, quiet), source };
}

function change(folder: string): void {
  writeFileSync(path.join(folder, 'server.ts'), `hello ${Math.random()}`);
}

test('the plan is the list that deploy then does; a second deploy plans nothing', async (t) => {
  const { controlPlane, source, store } = shop(t, ['replicas: 2']);
  const { plan } = await controlPlane.plan(source);
  const told: Progress[] = [];
  const { rollout } = await controlPlane.deploy(source, (progress) => told.push(progress));
  const done = told.flatMap((line) => (line.type === 'done' ? [line.operation] : []));
  assert.deepEqual(done, plan.operations);
  assert.deepEqual([rollout!.state, store.deployment('shop', 'local')!.release], ['promoted', 1]);
  assert.deepEqual((await controlPlane.plan(source)).plan.operations, []);
  assert.equal((await controlPlane.deploy(source, quiet)).rollout, null);
});

test('a number that people set holds through releases, until the file says another one; then it is gone', async (t) => {
  const { controlPlane, deploy, folder, engine, source } = shop(t, ['replicas: 2']);
  await deploy();
  await controlPlane.scale(SHOP, { web: 5 }, quiet);
  assert.deepEqual(engine.wish(), ['web#1:1×5']);
  change(folder);
  await deploy();
  assert.deepEqual(engine.wish(), ['web#3:2×5']);
  writeShop(folder, ['replicas: 3']);
  await deploy();
  assert.deepEqual(engine.wish(), ['web#4:3×3']);
  assert.deepEqual((await controlPlane.plan(source)).plan.operations.map(describe), []);
  await controlPlane.restart(SHOP, [], quiet);
  assert.deepEqual(engine.wish(), ['web#5:3×3']);
});

test('a number set by people is as it was after a release that set it aside was not taken', async (t) => {
  const { controlPlane, deploy, folder, engine, store } = shop(t, ['replicas: 2']);
  await deploy();
  await controlPlane.scale(SHOP, { web: 5 }, quiet);
  writeShop(folder, ['replicas: 3', 'env: { COLOR: red }']);
  engine.fate = (set) => (set.release === 2 ? { fails: 'exited with code 1' } : 'ready');
  assert.equal((await deploy()).rollout!.state, 'rolled-back');
  assert.deepEqual(engine.wish(), ['web#1:1×5']);
  assert.deepEqual(store.deployment('shop', 'local')!.scaled, { web: 5 });
});

test('a scale that fails leaves the number that was', async (t) => {
  const { controlPlane, deploy, engine, store } = shop(t);
  await deploy();
  engine.fate = () => 'starting';
  const { rollout } = await controlPlane.scale(SHOP, { web: 4 }, quiet);
  assert.equal(rollout!.state, 'rolled-back');
  assert.deepEqual(store.deployment('shop', 'local')!.scaled, {});
  assert.deepEqual(engine.wish(), ['web#1:1×1']);
});

test('old failures of a set that runs well again do not fail its scaling', async (t) => {
  const { controlPlane, deploy, engine } = shop(t);
  await deploy();
  const observe = engine.observe.bind(engine);
  let looks = 0;
  engine.observe = async () => {
    const seen = await observe();
    const late = looks++ < 3;
    const instances = seen.instances.map((one, index) =>
      late && index > 0 ? { ...one, state: 'starting' as const } : one,
    );
    const lastFailure = { instance: 'web-1-0', reason: 'exited with code 1', at: 1 };
    return { ...seen, instances, sets: seen.sets.map((set) => ({ ...set, failures: 3, lastFailure })) };
  };
  const { rollout } = await controlPlane.scale(SHOP, { web: 3 }, quiet);
  assert.deepEqual([rollout!.state, rollout!.reason], ['promoted', '']);
});

test('what can’t be scaled is refused, and changes nothing', async (t) => {
  const { controlPlane, deploy, store } = shop(t, ['volume: true']);
  await deploy();
  const cases: [Record<string, number>, string][] = [
    [{ nope: 1 }, 'service-unknown'],
    [{ web: -1 }, 'scale-number'],
    [{ web: 101 }, 'scale-number'],
    [{ web: 1.5 }, 'scale-number'],
    [{ web: 2 }, 'scale-volume'],
  ];
  for (const [numbers, code] of cases)
    await assert.rejects(controlPlane.scale(SHOP, numbers, quiet), { code });
  assert.deepEqual(store.deployment('shop', 'local')!.scaled, {});
});

test('a rollback returns to the release before, and is told of as one', async (t) => {
  const { controlPlane, deploy, folder, engine, events } = shop(t);
  await deploy();
  change(folder);
  await deploy();
  const { release, rollout } = await controlPlane.rollback(SHOP, null, quiet);
  assert.deepEqual([release, rollout!.state, rollout!.kind], [1, 'promoted', 'rollback']);
  assert.deepEqual(engine.wish(), ['web#3:1×1']);
  assert.deepEqual(
    events.slice(-2).map(({ type, message }) => `${type}: ${message}`),
    ['rollout-started: rollback to release 1', 'rollout-promoted: release 1 runs'],
  );
  await assert.rejects(controlPlane.rollback(SHOP, null, quiet), { code: 'nothing-before' });
  await assert.rejects(controlPlane.rollback(SHOP, 9, quiet), { code: 'release-unknown' });
});

test('down stops everything and keeps everything; up again is the same release', async (t) => {
  const { controlPlane, deploy, engine, store } = shop(t);
  await deploy();
  await controlPlane.down(SHOP);
  assert.deepEqual([engine.removed, store.deployment('shop', 'local')!.up], [['local/shop'], false]);
  await assert.rejects(controlPlane.restart(SHOP, [], quiet), { code: 'system-down' });
  const { release, added } = await deploy();
  assert.deepEqual([release, added], [1, true]);
  assert.deepEqual(engine.wish(), ['web#2:1×1']);
});

test('a host that another system has is refused before anything changes', async (t) => {
  const { controlPlane, deploy, store, engine } = shop(t);
  await deploy();
  const folder = writeShop(path.join(temporary(t), 'blog'), [], 'blog');
  const text =
    'name: blog\nservices:\n  web:\n    command: node server.ts\n    port: true\nroutes:\n  shop.localhost: web\n';
  writeFileSync(path.join(folder, 'escale.yaml'), text);
  await assert.rejects(controlPlane.deploy({ folder, environment: 'local' }, quiet), {
    code: 'host-claimed',
  });
  assert.deepEqual([store.deployment('blog', 'local'), engine.applied.at(-1)!.system], [null, 'shop']);
});

test('two deploys at once are ordered, and the second one says that it waits', async (t) => {
  const { controlPlane, source, folder, store } = shop(t);
  const notes: string[] = [];
  const note = (line: Progress) => void (line.type === 'note' && notes.push(line.message));
  const first = controlPlane.deploy(source, note);
  await new Promise((resolve) => setImmediate(resolve));
  change(folder);
  const both = await Promise.all([first, controlPlane.deploy(source, note)]);
  assert.ok(both.every(({ rollout }) => rollout === null || rollout.state === 'promoted'));
  assert.deepEqual(store.runningRollouts(), []);
});

/** The next life of a control plane. */
function resume(t: TestContext, parts: ControlPlaneParts): void {
  const next = new ControlPlane(parts);
  t.after(() => next.close());
  next.resume();
}

test('a crash in the middle of a rollout: the next life finishes it', async (t) => {
  const { deploy, folder, engine, store, parts } = shop(t);
  await deploy();
  change(folder);
  engine.fate = (set) => (set.release === 2 ? 'starting' : 'ready');
  const looked = Promise.withResolvers<void>();
  engine.looking = () => {
    looked.resolve();
    engine.looking = () => {};
    engine.awayFor = Number.POSITIVE_INFINITY;
  };
  void deploy().catch(() => {});
  await looked.promise;
  assert.equal(store.runningRollouts().length, 1);
  t.after(() => {
    engine.hasEnded = true;
  });
  const promoted = Promise.withResolvers<void>();
  const onEvent = (event: EngineEvent) => event.type === 'rollout-promoted' && promoted.resolve();
  const next = { ...parts, engine: new FakeEngine(), onEvent: (event: EngineEvent) => void onEvent(event) };
  resume(t, next);
  await promoted.promise;
  assert.equal(store.deployment('shop', 'local')!.release, 2);
});

test('a rollout that can’t be finished after a crash is told of, and ends nothing else', async (t) => {
  const { deploy, folder, store, parts, engine } = shop(t);
  await deploy();
  change(folder);
  const { rollout } = await deploy();
  store.saveProgress({ ...rollout!, state: 'running', done: 1, endedAt: null });
  engine.refuses = new Error('a bug of the engine');
  const told = Promise.withResolvers<EngineEvent>();
  resume(t, { ...parts, onEvent: told.resolve });
  const { type, message } = await told.promise;
  assert.deepEqual([type, message], ['reconcile-failed', 'a bug of the engine']);
});

test('data is removed once nothing runs on it, also where a crash cut the way down', async (t) => {
  const { deploy, controlPlane, store, engine, parts } = shop(t);
  await deploy();
  const kept = path.join(parts.resourceFolder, 'local', 'shop', 'db');
  mkdirSync(kept, { recursive: true });
  await assert.rejects(controlPlane.deleteData(SHOP), { code: 'data-in-use' });
  store.saveDeployment({ ...store.deployment('shop', 'local')!, up: false });
  await controlPlane.deleteData(SHOP);
  assert.deepEqual([engine.removed, existsSync(kept)], [['local/shop'], false]);
});

test('a run that a system’s end cut short has failed, and is not begun again when the system is back', async (t) => {
  const job = ['jobs:', '  tidy:', '    command: node server.ts'];
  const { controlPlane, source, engine, store, folder } = shop(t);
  appendFileSync(path.join(folder, 'escale.yaml'), `${job.join('\n')}\n    schedule: '@yearly'\n`);
  await controlPlane.deploy(source, quiet);
  engine.jobEnd = () => 'running';
  await controlPlane.runJob(SHOP, 'tidy');
  await controlPlane.down(SHOP);
  engine.runs.clear();
  await controlPlane.deploy(source, quiet);
  await controlPlane.jobRuns.follow();
  assert.equal(engine.runs.size, 0);
  const [run] = store.runs(SHOP, 'tidy', 1);
  assert.deepEqual([run!.state, run!.reason], ['failed', 'its system was taken down']);
});

test('the last releases are kept, and those that an environment runs; artifacts of the others go with them', async (t) => {
  const { deploy, folder, store, controlPlane, parts, source } = shop(t, ['replicas: 1']);
  appendFileSync(path.join(folder, 'escale.yaml'), 'keep: 2\n');
  await deploy();
  await controlPlane.deploy({ ...source, environment: 'staging' }, quiet);
  const first = Object.values(store.release('shop', 1)!.artifacts)[0]!;
  const long = new Date(Date.now() - 7_200_000);
  for (let number = 2; number <= 5; number++) {
    change(folder);
    await deploy();
    for (const name of readdirSync(parts.artifacts.folderOf('')))
      utimesSync(parts.artifacts.folderOf(name), long, long);
  }
  assert.deepEqual(
    store.releaseHeads('shop').map(({ number }) => number),
    [5, 4, 1],
  );
  assert.ok(parts.artifacts.has(first));
  // The one that was drafted last before it was forgotten may stay a while.
  assert.ok(readdirSync(parts.artifacts.folderOf('')).length <= 4);
});

test('what runs otherwise than the release says is told once, and set right where the file says so', async (t) => {
  const { controlPlane, deploy, folder, events, engine, parts, store } = shop(t, ['replicas: 2']);
  await deploy();
  await controlPlane.scale(SHOP, { web: 5 }, quiet);
  await controlPlane.drift.pass();
  await controlPlane.drift.pass();
  const told = () => events.filter(({ type }) => type === 'drift').map(({ message }) => message);
  assert.deepEqual(told(), ['5 of web are wanted, the release says 2']);
  assert.deepEqual(engine.wish(), ['web#1:1×5']);
  appendFileSync(path.join(folder, 'escale.yaml'), 'environments:\n  local: { drift: repair }\n');
  await deploy();
  await controlPlane.drift.pass();
  assert.deepEqual(engine.wish(), ['web#1:1×2']);
  assert.deepEqual(controlPlane.drift.of(store.deployment('shop', 'local')!), []);
  const artifact = parts.artifacts.folderOf(Object.values(store.release('shop', 1)!.artifacts)[0]!);
  chmodSync(path.join(artifact, 'server.ts'), 0o644);
  writeFileSync(path.join(artifact, 'server.ts'), 'somebody was here');
  await controlPlane.drift.pass();
  assert.match(told().at(-1)!, /files of web were changed/);
});
