import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { type Deployment, type Rollout, Store, type StoredRun } from './store.ts';

function storeFile(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-store-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'escale.db');
}

function openStore(t: TestContext, file = storeFile(t)): Store {
  const store = new Store(file);
  t.after(() => {
    try {
      store.close();
    } catch {
      // The test closed it.
    }
  });
  return store;
}

const DEPLOYMENT: Deployment = {
  system: 'shop',
  environment: 'local',
  folder: '/src/shop',
  release: 1,
  wanted: { web: { release: 1, rollout: 1, count: 3 } },
  scaled: { web: 3 },
  up: true,
};

const ROLLOUT: Omit<Rollout, 'id' | 'endedAt'> = {
  system: 'shop',
  environment: 'local',
  kind: 'deploy',
  fromRelease: null,
  toRelease: 1,
  operations: [{ kind: 'promote', release: 1 }],
  done: 0,
  state: 'running',
  reason: '',
  startedAt: 5,
  change: { changes: [], target: {}, former: {}, scaled: {} },
};

const CONTENT = { commit: null, dev: true, model: { name: 'shop', é: [1] }, artifacts: { web: 'aa' } };
const EVENT = {
  at: 1,
  type: 'x',
  system: 'shop',
  environment: 'local',
  service: '',
  instance: '',
  release: 1,
  message: 'm',
};

test('releases come back whole, newest first, numbered for each system', (t) => {
  const store = openStore(t);
  assert.equal(store.nextReleaseNumber('shop'), 1);
  store.addRelease('shop', 1, CONTENT, 7);
  store.addRelease('shop', 2, { ...CONTENT, commit: 'c'.repeat(40), dev: false }, 8);
  assert.deepEqual([store.nextReleaseNumber('shop'), store.nextReleaseNumber('blog')], [3, 1]);
  assert.deepEqual(store.release('shop', 1), { system: 'shop', number: 1, ...CONTENT, createdAt: 7 });
  assert.deepEqual(
    store.releases('shop').map(({ number, dev, commit }) => [number, dev, commit?.length ?? null]),
    [
      [2, false, 40],
      [1, true, null],
    ],
  );
  assert.equal(store.release('shop', 3), null);
});

test('a release is never written twice', (t) => {
  const store = openStore(t);
  store.addRelease('shop', 1, CONTENT, 7);
  assert.throws(() => store.addRelease('shop', 1, { ...CONTENT, dev: false }, 8), /UNIQUE/);
  assert.equal(store.release('shop', 1)!.dev, true);
});

test('a deployment is replaced by its place', (t) => {
  const store = openStore(t);
  store.saveDeployment(DEPLOYMENT);
  store.saveDeployment({ ...DEPLOYMENT, environment: 'staging' });
  store.saveDeployment({ ...DEPLOYMENT, up: false, release: null });
  assert.deepEqual(store.deployment('shop', 'local'), { ...DEPLOYMENT, up: false, release: null });
  assert.deepEqual(
    store.deployments().map(({ environment }) => environment),
    ['local', 'staging'],
  );
  assert.equal(store.deployment('blog', 'local'), null);
});

test('a rollout: its number is known before, its progress is kept, running ones are found', (t) => {
  const store = openStore(t);
  const id = store.nextRolloutId();
  const first = store.addRollout(ROLLOUT, id);
  assert.deepEqual(first, { ...ROLLOUT, id: 1, endedAt: null });
  assert.equal(store.nextRolloutId(), 2);
  for (const environment of ['local', 'staging']) store.saveDeployment({ ...DEPLOYMENT, environment });
  assert.deepEqual(store.runningRollouts(), [first]);
  store.saveProgress({ ...first, done: 1, state: 'failed', reason: 'because', endedAt: 9 });
  assert.deepEqual(store.runningRollouts(), []);
  const second = store.addRollout({ ...ROLLOUT, kind: 'scale' }, 2);
  const third = store.addRollout({ ...ROLLOUT, environment: 'staging' }, 3);
  assert.deepEqual(store.runningRollouts(), [second, third]);
  assert.deepEqual(store.rollouts('shop', 'local', 1), [second]);
  assert.deepEqual(store.rollouts('shop', 'local', 9)[1], {
    ...first,
    done: 1,
    state: 'failed',
    reason: 'because',
    endedAt: 9,
  });
});

test('events: numbered, the last ones in order, bounded', (t) => {
  const store = openStore(t);
  store.transaction(() => {
    for (let index = 1; index <= 21_500; index++) store.addEvent({ ...EVENT, at: index });
  });
  assert.deepEqual(store.events(2), [
    { id: 21_499, ...EVENT, at: 21_499 },
    { id: 21_500, ...EVENT, at: 21_500 },
  ]);
  assert.equal(store.events(100_000).length, 20_500);
});

test('a transaction is all or nothing, and the error is the one that was thrown', (t) => {
  const store = openStore(t);
  assert.throws(
    () =>
      store.transaction(() => {
        store.setMeta('a', '1');
        store.saveDeployment(DEPLOYMENT);
        throw new Error('in the middle');
      }),
    { message: 'in the middle' },
  );
  assert.equal(store.meta('a'), null);
  assert.deepEqual(store.deployments(), []);
  assert.equal(
    store.transaction(() => 7),
    7,
  );
});

test('what was committed is there after reopening, also beside one that did not close', (t) => {
  const file = storeFile(t);
  const first = openStore(t, file);
  first.setMeta('a', '1');
  first.setMeta('a', '2');
  first.saveDeployment(DEPLOYMENT);
  const second = openStore(t, file);
  assert.equal(second.meta('a'), '2');
  assert.deepEqual(second.deployments(), [DEPLOYMENT]);
});

test('migrations run once, and a damaged one leaves nothing half made', (t) => {
  const file = storeFile(t);
  openStore(t, file).close();
  const database = new DatabaseSync(file);
  t.after(() => database.close());
  const version = () =>
    (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
  const before = version();
  assert.ok(before >= 1);
  database.exec("INSERT INTO meta VALUES ('kept', 'yes')");
  openStore(t, file);
  assert.equal(version(), before);
  assert.equal(openStore(t, file).meta('kept'), 'yes');
  const other = storeFile(t);
  const foreign = new DatabaseSync(other);
  foreign.exec('CREATE TABLE releases (other TEXT)');
  foreign.close();
  assert.throws(() => new Store(other), /table releases already exists/);
  const left = new DatabaseSync(other);
  t.after(() => left.close());
  assert.deepEqual(
    left
      .prepare('SELECT name FROM sqlite_master')
      .all()
      .map(({ name }) => name),
    ['releases'],
  );
});

test('nobody but its owner may read it, nor what stands beside it', (t) => {
  const file = storeFile(t);
  const store = openStore(t, file);
  store.setMeta('a', '1');
  const folder = path.dirname(file);
  const modes = readdirSync(folder).map((name) => [name, statSync(path.join(folder, name)).mode & 0o777]);
  assert.deepEqual(Object.fromEntries(modes), {
    'escale.db': 0o600,
    'escale.db-shm': 0o600,
    'escale.db-wal': 0o600,
  });
});

test('a full disk is said as that, nothing is changed, and it goes on once there is room', (t) => {
  const disk = mkdtempSync(path.join(os.tmpdir(), 'escale-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    rmSync(disk, { recursive: true });
    return t.skip('no tmpfs can be mounted here (needs root)');
  }
  t.after(() => {
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true });
  });
  const store = openStore(t, path.join(disk, 'escale.db'));
  const much = 'x'.repeat(4 << 20);
  const full = { code: 'disk-full', place: disk };
  assert.throws(() => store.setMeta('a', much), full);
  assert.throws(
    () =>
      store.transaction(() => {
        store.setMeta('b', 'small');
        store.setMeta('a', much);
      }),
    full,
  );
  assert.deepEqual([store.meta('a'), store.meta('b')], [null, null]);
  store.setMeta('a', 'small');
  assert.equal(store.meta('a'), 'small');
});

const RUN: StoredRun = {
  ...{ id: 'long', system: 'shop', environment: 'local', job: 'tidy', release: 1, cause: 'person' },
  ...{ dueAt: 1, startedAt: 1, endedAt: null, state: 'running', reason: '', exitCode: null, instance: 'i' },
};

test('the newest runs are those that ended last: a long one is among them, however many were skipped meanwhile', (t) => {
  const store = openStore(t);
  store.addRun(RUN);
  for (let minute = 2; minute < 70; minute++)
    store.addRun({ ...RUN, id: `skipped-${minute}`, dueAt: minute, endedAt: minute, state: 'skipped' });
  store.saveRun({ ...RUN, endedAt: 70, state: 'succeeded', exitCode: 0 });
  store.addRun({ ...RUN, id: 'next', dueAt: 71 });
  const ids = store.runs(RUN, 'tidy', 3).map(({ id }) => id);
  assert.deepEqual(ids, ['next', 'skipped-69', 'skipped-68', 'long']);
  assert.equal(store.runs(RUN, 'tidy', 1000).length, 51);
});

test('what is asked for often is read once, and again once it was written; what is taken back was never there', (t) => {
  const store = openStore(t);
  store.saveDeployment(DEPLOYMENT);
  assert.equal(
    store.deployments()[0],
    store.deployment('shop', 'local'),
    'the same object until it is saved',
  );
  store.addRollout(ROLLOUT, 1);
  assert.equal(store.rolloutHeads('shop', 'local', 20)[0]?.state, 'running');
  store.saveProgress({ ...ROLLOUT, id: 1, state: 'promoted', endedAt: 9 });
  assert.equal(store.rolloutHeads('shop', 'local', 20)[0]?.state, 'promoted');
  const work = () =>
    store.transaction(() => {
      store.saveDeployment({ ...DEPLOYMENT, up: false });
      store.addRelease('shop', 1, CONTENT, 3);
      assert.deepEqual([store.deployments()[0]?.up, store.releaseHeads('shop').length], [false, 1]);
      throw new Error('taken back');
    });
  assert.throws(work, { message: 'taken back' });
  assert.deepEqual([store.deployments()[0]?.up, store.releaseHeads('shop').length], [true, 0]);
  store.addRelease('shop', 1, CONTENT, 3);
  assert.equal(store.releaseHeads('shop').length, 1);
  store.forgetRelease('shop', 1);
  assert.equal(store.releaseHeads('shop').length, 0);
});
