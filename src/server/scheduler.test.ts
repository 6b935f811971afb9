import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { SystemFile } from '../core/manifest/index.ts';
import { Deployments } from './deployments.ts';
import { JobRuns } from './job-runs.ts';
import { Scheduler } from './scheduler.ts';
import type { StoredRun } from './store/index.ts';
import { controlPlaneIn } from './testing/control-plane.ts';

const NINE = Date.parse('2026-11-26T09:00:30Z');
const MINUTE = 60_000;
const PLACE = { system: 'shop', environment: 'local' };

/** `shop` runs, with a job `clean` each minute; time is the test's. */
function scheduled(t: TestContext, job: Partial<NonNullable<SystemFile['jobs']>[string]> = {}) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: NINE });
  const { store, engine } = controlPlaneIn(t);
  const clean = { command: 'node clean.ts', schedule: '* * * * *', ...job };
  const model = { name: 'shop', services: { web: { command: 'node w.ts' } }, jobs: { clean } };
  const artifacts = { web: 'w', clean: 'c' };
  store.addRelease('shop', 1, { commit: null, dev: true, model, artifacts }, NINE);
  store.saveDeployment({ ...PLACE, folder: '/src', release: 1, wanted: {}, scaled: {}, up: true });
  const deployments = new Deployments(store);
  const now = () => Date.now();
  const skipped: StoredRun[] = [];
  const jobRuns = new JobRuns({
    ...{ store, engine, deployments, now },
    artifacts: { folderOf: (digest) => `/artifacts/${digest}`, staticServer: 's.ts' },
    secrets: () => ({}),
    skipped: (run) => void skipped.push(run),
  });
  const problems: unknown[] = [];
  const scheduler = new Scheduler({
    ...{ store, deployments, jobRuns, now },
    problem: (error) => problems.push(error),
  });
  t.after(() => scheduler.stop());
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      t.mock.timers.tick(500);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    }
  };
  const runs = () => store.runs(PLACE, 'clean', 50).toReversed();
  const times = () => runs().map(({ dueAt }) => new Date(dueAt).toISOString().slice(11, 19));
  return { store, engine, scheduler, jobRuns, pass, runs, times, skipped, problems };
}

test('a job is begun when its time comes, once, and followed to its end', async (t) => {
  const { scheduler, pass, runs, times, engine } = scheduled(t);
  scheduler.look();
  await pass(2 * MINUTE);
  assert.deepEqual(times(), ['09:00:00', '09:01:00', '09:02:00']);
  assert.deepEqual(
    runs().map(({ state, cause, exitCode }) => [state, cause, exitCode]),
    Array.from({ length: 3 }, () => ['succeeded', 'schedule', 0]),
  );
  assert.equal(engine.forgotten.length, 3);
});

test('a control plane that was started again makes up for the last minute, and begins nothing twice', async (t) => {
  const { scheduler, pass, times, store, jobRuns } = scheduled(t);
  scheduler.look();
  await pass(MINUTE);
  scheduler.stop();
  const deployments = new Deployments(store);
  const next = new Scheduler({ store, deployments, jobRuns, now: () => Date.now(), problem: assert.ifError });
  t.after(() => next.stop());
  next.look();
  await pass(1000);
  assert.deepEqual(times(), ['09:00:00', '09:01:00']);
});

test('a run that still goes on is not begun beside; it is written down as skipped', async (t) => {
  const { scheduler, pass, runs, engine, skipped } = scheduled(t);
  engine.jobEnd = () => 'running';
  scheduler.look();
  await pass(MINUTE);
  assert.deepEqual(
    runs().map(({ state, reason }) => [state, reason]),
    [
      ['running', ''],
      ['skipped', 'the run before it still goes on'],
    ],
  );
  assert.equal(skipped.length, 1);
  assert.equal(engine.runs.size, 1);
});

test('a run that a deploy waits for goes on, too', async (t) => {
  const { scheduler, pass, runs, store, engine } = scheduled(t);
  const change = { changes: [], target: {}, former: {}, scaled: {} };
  const operations = [
    { kind: 'release', release: 2, from: 1 } as const,
    { kind: 'run', job: 'clean', release: 2 } as const,
  ];
  const rollout = store.addRollout(
    {
      ...{ ...PLACE, kind: 'deploy', fromRelease: 1, toRelease: 2, operations, done: 1 },
      ...{ state: 'running', reason: '', startedAt: NINE, change },
    },
    1,
  );
  scheduler.look();
  await pass(500);
  store.saveProgress({ ...rollout, done: 2 });
  await pass(MINUTE);
  assert.deepEqual(
    runs().map(({ state }) => state),
    ['skipped', 'succeeded'],
  );
  assert.equal(engine.forgotten.length, 1);
});

test('overlap that was asked for', async (t) => {
  const { scheduler, pass, runs, engine } = scheduled(t, { overlap: true });
  engine.jobEnd = () => 'running';
  scheduler.look();
  await pass(MINUTE);
  assert.deepEqual(
    runs().map(({ state }) => state),
    ['running', 'running'],
  );
});

test('nothing is begun for a system that is down, and its run has failed', async (t) => {
  const { scheduler, pass, runs, store, engine } = scheduled(t);
  engine.jobEnd = () => 'running';
  scheduler.look();
  await pass(1000);
  store.saveDeployment({ ...store.deployment('shop', 'local')!, up: false });
  engine.runs.clear();
  await pass(2 * MINUTE);
  assert.deepEqual(
    runs().map(({ state, reason }) => [state, reason]),
    [['failed', 'its system was taken down']],
  );
});

test('a run that was written down and never asked for is asked for', async (t) => {
  const { scheduler, pass, runs, engine, problems } = scheduled(t);
  engine.awayFor = 2;
  scheduler.look();
  await pass(5000);
  assert.ok(problems.length > 0);
  assert.deepEqual(
    runs().map(({ state }) => state),
    ['succeeded'],
  );
});

test('a run that a person asks for', async (t) => {
  const { jobRuns, runs } = scheduled(t);
  const { id } = await jobRuns.start(PLACE, 'clean');
  assert.equal(await jobRuns.follow(), true);
  assert.deepEqual(
    runs().map((run) => [run.id, run.cause, run.state]),
    [[id, 'person', 'succeeded']],
  );
  await assert.rejects(jobRuns.start(PLACE, 'clear'), {
    code: 'job-unknown',
    next: 'Its jobs are: clean.',
  });
});

test('names that look alike when they are put together are two jobs', async (t) => {
  const { scheduler, pass, store, engine } = scheduled(t);
  const job = { command: 'node clean.ts', schedule: '* * * * *' };
  const add = (system: string, name: string) => {
    const model = { name: system, services: { web: { command: 'node w.ts' } }, jobs: { [name]: job } };
    const artifacts = { web: 'w', [name]: 'c' };
    store.addRelease(system, 1, { commit: null, dev: true, model, artifacts }, NINE);
    const deployment = { system, environment: 'local', folder: '/src', release: 1, wanted: {}, scaled: {} };
    store.saveDeployment({ ...deployment, up: true });
  };
  add('blog', 'old-clean');
  add('blog-old', 'clean');
  engine.jobEnd = () => 'running';
  scheduler.look();
  await pass(1000);
  assert.deepEqual([...engine.runs.values()].map(({ system, job }) => `${system}/${job}`).toSorted(), [
    'blog-old/clean',
    'blog/old-clean',
    'shop/clean',
  ]);
});

test('two that people ask for in one millisecond are two runs', async (t) => {
  const { jobRuns } = scheduled(t);
  const [one, two] = await Promise.all([jobRuns.start(PLACE, 'clean'), jobRuns.start(PLACE, 'clean')]);
  assert.notEqual(one!.id, two!.id);
});

test('a job that can’t be begun keeps no other from being begun and followed', async (t) => {
  const { scheduler, pass, runs, store, engine, problems } = scheduled(t);
  const broken = { ...store.deployment('shop', 'local')!, system: 'broken' };
  const jobs = { clean: { command: 'node clean.ts', schedule: '* * * * *' } };
  const model = { name: 'broken', services: { web: { command: 'node w.ts' } }, jobs };
  store.addRelease('broken', 1, { commit: null, dev: true, model, artifacts: { clean: 'c' } }, NINE);
  store.saveDeployment(broken);
  store.saveDeployment({ ...broken, system: 'aaa', release: 77 });
  const run = engine.run.bind(engine);
  engine.run = (wish) => (wish.system === 'broken' ? Promise.reject(new Error('no room')) : run(wish));
  scheduler.look();
  await pass(MINUTE);
  assert.deepEqual(
    runs().map(({ state }) => state),
    ['succeeded', 'succeeded'],
  );
  assert.deepEqual([...new Set(problems.map((problem) => (problem as Error).message))].toSorted(), [
    'aaa has no release 77',
    'no room',
  ]);
});

test('what has ended is forgotten also where the engine was away when it was to be told so', async (t) => {
  const { jobRuns, engine, runs } = scheduled(t);
  const forget = engine.forgetRun.bind(engine);
  engine.forgetRun = () => Promise.reject(new Error('away'));
  await jobRuns.start(PLACE, 'clean');
  await assert.rejects(jobRuns.follow(), /away/);
  assert.deepEqual(
    runs().map(({ state }) => state),
    ['succeeded'],
  );
  engine.forgetRun = forget;
  await jobRuns.start(PLACE, 'clean');
  await jobRuns.follow();
  assert.deepEqual([engine.forgotten.length, engine.runs.size], [2, 0]);
});

test('runs that a rollout still needs are not forgotten for it', async (t) => {
  const { jobRuns, engine } = scheduled(t);
  const { id } = await jobRuns.start(PLACE, 'clean');
  engine.runs.set('rollout-3-clean', { ...engine.runs.get(id)!, id: 'rollout-3-clean' });
  await jobRuns.follow();
  assert.deepEqual([...engine.runs.keys()], ['rollout-3-clean']);
});
