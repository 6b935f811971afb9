import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { EscaleError } from '../core/errors/index.ts';
import { resolveSystem } from '../core/manifest/index.ts';
import { makePlan, type Resolution } from '../core/plan/index.ts';
import { type RolloutProgress, RolloutRunner } from './rollout-runner.ts';
import type { Rollout, WantedService } from './store/index.ts';
import { controlPlaneIn } from './testing/control-plane.ts';
import { inShort } from './testing/fake-engine.ts';

function resolution(release: number): Resolution {
  const web = {
    command: 'node server.ts',
    port: true as const,
    env: { RELEASE: String(release) },
    replicas: 2,
  };
  const system = resolveSystem({
    name: 'shop',
    services: { web },
    routes: { [`r${release}.localhost`]: 'web' },
  });
  return { release, system, artifacts: { web: `files-${release}` } };
}

/** A rollout of `shop` from release 1 (rollout 1) to release 2, or the first one; and its runner. */
function rolloutIn(t: TestContext, from: 1 | null) {
  const { store, engine } = controlPlaneIn(t);
  const former: Record<string, WantedService> =
    from === null ? {} : { web: { release: 1, rollout: 1, count: 2 } };
  const after = resolution(from === null ? 1 : 2);
  const plan = makePlan({
    ...{ before: from === null ? null : resolution(1), after, running: former, scaled: {} },
    ...{ recorded: true, missingArtifacts: [], restart: [], runJobs: true, backUp: false, urgent: false },
  });
  const id = from === null ? 1 : 2;
  store.saveDeployment({
    ...{
      system: 'shop',
      environment: 'local',
      folder: '/src',
      release: from,
      wanted: former,
      scaled: {},
      up: true,
    },
  });
  const target = { web: { release: after.release, rollout: id, count: 2 } };
  const rollout = store.addRollout(
    {
      ...{
        system: 'shop',
        environment: 'local',
        kind: 'deploy',
        fromRelease: from,
        toRelease: after.release,
      },
      ...{ operations: plan.operations, done: 0, state: 'running', reason: '', startedAt: 1 },
      change: { changes: plan.changes, former, target, scaled: {} },
    },
    id,
  );
  const told: RolloutProgress[] = [];
  const artifacts = { folderOf: (digest: string) => `/artifacts/${digest}`, staticServer: 'server.ts' };
  const backUp = async () => {};
  const parts = { store, engine, artifacts, resolve: () => resolution, backUp, now: engine.now };
  const runnerOf = (one: Rollout) => new RolloutRunner(parts, one, (progress) => told.push(progress));
  return { store, engine, rollout, runner: runnerOf(rollout), runnerOf, told };
}

/** `begin start`, `done start`, … */
function inWords(told: RolloutProgress[]): string[] {
  return told.map((line) => ('operation' in line ? `${line.type} ${line.operation.kind}` : line.type));
}

test('an engine that obeys: every step is wished for in order, then it is promoted', async (t) => {
  const { engine, runner, store, told } = rolloutIn(t, 1);
  const ended = await runner.run();
  assert.deepEqual(
    engine.applied.map((wish) => `${inShort(wish).join(' ')} ${wish.routes[0]!.host}`),
    [
      'web#1:1×2 web#2:2×1 r1.localhost',
      'web#1:1×1 web#2:2×1 r1.localhost',
      'web#1:1×1 web#2:2×2 r1.localhost',
      'web#2:2×2 r1.localhost',
      'web#2:2×2 r1.localhost',
      'web#2:2×2 r2.localhost',
      'web#2:2×2 r2.localhost',
    ],
  );
  const kinds = ['start', 'retire', 'start', 'retire', 'settle', 'route', 'promote'];
  assert.deepEqual(inWords(told), [...kinds.flatMap((kind) => [`begin ${kind}`, `done ${kind}`]), 'end']);
  assert.deepEqual([ended.state, ended.done, ended.reason], ['promoted', 7, '']);
  assert.deepEqual(store.deployment('shop', 'local'), {
    ...{ system: 'shop', environment: 'local', folder: '/src', release: 2, scaled: {}, up: true },
    wanted: { web: { release: 2, rollout: 2, count: 2 } },
  });
  assert.deepEqual(store.runningRollouts(), []);
});

test('an instance that fails: its last words are told, and what ran before runs again', async (t) => {
  const { engine, runner, store, told } = rolloutIn(t, 1);
  engine.fate = (set) => (set.rollout === 2 ? { fails: 'exited with code 1' } : 'ready');
  const line = { at: 1, service: 'web', instance: 'web-2-0', release: 2 };
  engine.lines = [
    { ...line, stream: 'escale', text: 'started (pid 7)' },
    { ...line, stream: 'err', text: 'no such module' },
  ];
  const ended = await runner.run();
  assert.deepEqual(told.slice(1), [
    {
      type: 'failed',
      index: 0,
      operation: { kind: 'start', service: 'web', release: 2, index: 1, of: 2 },
      reason: 'exited with code 1',
      instance: 'web-2-0',
      lastLines: ['no such module'],
    },
    { type: 'returning', toRelease: 1 },
    { type: 'end', rollout: ended },
  ]);
  assert.deepEqual(
    [ended.state, ended.reason, ended.done],
    ['rolled-back', 'web-2-0: exited with code 1', 0],
  );
  assert.deepEqual(engine.wish(), ['web#1:1×2']);
  assert.equal(store.deployment('shop', 'local')!.release, 1);
});

test('an instance that is never ready fails at its deadline', async (t) => {
  const { engine, runner } = rolloutIn(t, 1);
  engine.fate = (set) => (set.rollout === 2 ? 'starting' : 'ready');
  const began = engine.now();
  const ended = await runner.run();
  assert.deepEqual([ended.state, ended.reason], ['rolled-back', 'not ready within 30 s']);
  assert.ok(engine.now() - began >= 32_000 && engine.now() - began < 40_000);
});

test('the first release fails: nothing of it is left, and the system is not up', async (t) => {
  const { engine, runner, store, told } = rolloutIn(t, null);
  engine.fate = () => ({ fails: 'exited with code 1' });
  const ended = await runner.run();
  assert.deepEqual([ended.state, engine.removed], ['failed', ['local/shop']]);
  assert.deepEqual(told.at(-2), { type: 'returning', toRelease: null });
  const { up, release, wanted } = store.deployment('shop', 'local')!;
  assert.deepEqual([up, release, wanted], [false, null, {}]);
});

test('an engine that goes away and comes back is waited for', async (t) => {
  const { engine, runner } = rolloutIn(t, 1);
  let looks = 0;
  engine.looking = () => {
    looks += 1;
    if (looks === 2) engine.awayFor = 2;
  };
  engine.awayFor = 1;
  assert.equal((await runner.run()).state, 'promoted');
});

test('an engine that comes back without its memory is told the wish again', async (t) => {
  const { engine, runner } = rolloutIn(t, 1);
  let looks = 0;
  engine.fate = (set) => (set.rollout === 2 && looks < 5 ? 'starting' : 'ready');
  engine.looking = () => {
    looks += 1;
    if (looks !== 2) return;
    engine.forget();
    engine.awayFor = 1;
  };
  assert.equal((await runner.run()).state, 'promoted');
  assert.deepEqual(inShort(engine.applied[0]!), inShort(engine.applied[1]!));
});

test('an engine whose disk is full: the step fails with that, and what ran runs on', async (t) => {
  const { engine, runner, told } = rolloutIn(t, 1);
  engine.refusal = new EscaleError('disk-full', 'there is no room left');
  const ended = await runner.run();
  assert.deepEqual([ended.state, ended.reason], ['rolled-back', 'there is no room left']);
  assert.deepEqual(inWords(told), ['begin start', 'failed start', 'returning', 'end']);
});

test('an engine with a bug: that is not hidden, and the rollout is still there to be taken up', async (t) => {
  const { engine, runner, store } = rolloutIn(t, 1);
  engine.refusal = new Error('a bug');
  await assert.rejects(runner.run(), { message: 'a bug' });
  assert.equal(store.runningRollouts().length, 1);
});

test('cancelled in the middle: it returns, with the reason it was given', async (t) => {
  const { engine, runner } = rolloutIn(t, 1);
  let looks = 0;
  engine.looking = () => {
    looks += 1;
    if (looks === 3) runner.cancel('a newer deploy came');
  };
  const ended = await runner.run();
  assert.deepEqual([ended.state, ended.reason], ['cancelled', 'a newer deploy came']);
  assert.deepEqual(engine.wish(), ['web#1:1×2']);
});

test('whether something has failed is known while it goes on', async (t) => {
  const { engine, runner } = rolloutIn(t, 1);
  engine.fate = (set) => (set.rollout === 2 ? { fails: 'exited' } : 'ready');
  assert.equal(runner.isFailing, false);
  await runner.run();
  assert.equal(runner.isFailing, true);
});

for (const done of [0, 1, 2, 3, 4, 5, 6, 7])
  test(`taken up after a crash with ${done} steps done: the same end`, async (t) => {
    const { store, rollout, runnerOf, engine } = rolloutIn(t, 1);
    store.saveProgress({ ...rollout, done });
    const [stored] = store.runningRollouts();
    assert.equal((await runnerOf(stored!).run()).state, 'promoted');
    assert.deepEqual(store.deployment('shop', 'local')!.wanted, {
      web: { release: 2, rollout: 2, count: 2 },
    });
    assert.equal(engine.applied.length, 7 - done);
  });

test('taken down while its host is away: it ends where it is, and waits for nobody', {
  timeout: 10_000,
}, async (t) => {
  const { engine, runner, store, rollout } = rolloutIn(t, 1);
  const away = () => Promise.reject(new EscaleError('target-away', 'prod can’t be reached'));
  const notes: string[] = [];
  runner.tell = (progress) => {
    if (progress.type === 'note') notes.push(progress.message);
  };
  engine.looking = () =>
    Object.assign(engine, { observe: away, apply: away, changed: away, forgetRun: away });
  const ended = runner.run();
  while (notes.length === 0) await new Promise(setImmediate);
  runner.cancel('it was taken down', 'stop here');
  assert.equal((await ended).state, 'cancelled');
  assert.deepEqual(notes, ['prod can’t be reached; the rollout goes on when it answers']);
  assert.equal(store.rollouts('shop', 'local', 1)[0]!.reason, 'it was taken down');
  assert.equal(rollout.state, 'cancelled');
});
