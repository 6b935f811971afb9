import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Principal, Role } from '../../core/access/index.ts';
import type { SystemFile } from '../../core/manifest/index.ts';
import type { Progress } from '../control-plane.ts';
import { controlPlaneIn } from '../testing/control-plane.ts';
import { Deliveries, type PromotionWish } from './deliveries.ts';
import { type Approval, EnvironmentStore } from './environment-store.ts';

const COMMIT = 'c'.repeat(40);
const quiet = (_: Progress) => {};

function somebody(name: string, role: Role): Principal {
  return { name, kind: 'user', grants: [{ role, environment: '*' }] };
}

const MODEL: SystemFile = {
  name: 'shop',
  services: { web: { command: 'node server.ts', port: true } },
  environments: {
    staging: { branch: 'main' },
    production: { promoteFrom: 'staging', approve: true },
  },
};

/** A shop with releases, ada who may deploy everywhere, and ruth who is admin of production. */
function shop(t: TestContext, model: SystemFile = MODEL) {
  const { controlPlane, parts, store, engine } = controlPlaneIn(t);
  const environments = new EnvironmentStore(store.sql);
  const wanted: Approval[] = [];
  const known = new Map(
    [somebody('ada', 'deployer'), somebody('ruth', 'admin')].map((one) => [one.name, one]),
  );
  const deliveries = new Deliveries({
    ...{ store, environments, deployments: controlPlane.deployments, now: engine.now },
    take: (place, release, kind, tell) => controlPlane.take(place, release, kind, tell),
    principal: (name) => known.get(name) ?? null,
    wanted: (approval) => wanted.push(approval),
  });
  const release = (number: number, dev = false, commit = COMMIT) => {
    const artifact = String(number).repeat(64).slice(0, 64);
    mkdirSync(path.join(parts.artifacts.folderOf(artifact)), { recursive: true });
    const content = { commit: dev ? null : commit, dev, model, artifacts: { web: artifact } };
    store.addRelease('shop', number, content, engine.now());
    return number;
  };
  const deliver = (number: number, by = 'ada', again = false) =>
    deliveries.deliver({ system: 'shop', release: number, by, again, environments: ['staging'] }, quiet);
  const promote = (by: string, more: Partial<PromotionWish> = {}) => {
    const wish = { system: 'shop', from: 'staging', to: 'production', release: null, by: known.get(by)! };
    return deliveries.promote({ ...wish, ...more }, quiet);
  };
  const runs = (environment: string) => store.deployment('shop', environment)?.release ?? null;
  return { deliveries, environments, store, engine, release, deliver, promote, runs, wanted };
}

test('a release goes where its branch goes, then on to production with the same artifacts', async (t) => {
  const { release, deliver, promote, runs, store } = shop(t);
  release(1);
  assert.deepEqual(
    (await deliver(1)).map(({ verdict }) => verdict),
    ['promoted'],
  );
  assert.deepEqual([runs('staging'), runs('production')], [1, null]);
  const end = await promote('ruth');
  assert.deepEqual([end.verdict, runs('production')], ['promoted', 1]);
  assert.equal(store.rollouts('shop', 'production', 1)[0]!.kind, 'promote');
  assert.equal(store.releases('shop').length, 1);
});

test('who may not agree asks; the one who may begins it, once', async (t) => {
  const { release, deliver, promote, deliveries, runs, wanted } = shop(t);
  release(1);
  await deliver(1);
  const asked = await promote('ada');
  assert.deepEqual([asked.verdict, runs('production'), wanted.length], ['waiting-for-approval', null, 1]);
  const { id } = asked.approval!;
  assert.equal((await deliveries.approve(id, 'ruth', quiet)).verdict, 'promoted');
  assert.equal(runs('production'), 1);
  await assert.rejects(deliveries.approve(id, 'ruth', quiet), { code: 'approval-unknown' });
});

test('an approval that was given is carried out after a crash, and only then', async (t) => {
  const { release, deliver, promote, deliveries, environments, runs, engine } = shop(t);
  release(1);
  await deliver(1);
  const { approval } = await promote('ada');
  environments.decide(approval!.id, 'approved', { by: 'ruth', at: engine.now() });
  await deliveries.resume();
  assert.equal(runs('production'), 1);
  await deliveries.resume();
  assert.equal(environments.approvedAndLeft().length, 0);
});

test('a newer release takes the place of one that waits; a refused one does not come', async (t) => {
  const { release, deliver, promote, deliveries, runs, environments } = shop(t);
  release(1);
  await deliver(1);
  const first = (await promote('ada')).approval!;
  release(2);
  await deliver(2);
  const second = (await promote('ada')).approval!;
  assert.equal(environments.approval(first.id)!.state, 'superseded');
  assert.deepEqual(
    deliveries.waiting().map(({ release: number }) => number),
    [2],
  );
  deliveries.refuse(second.id, 'ruth');
  assert.deepEqual([deliveries.waiting(), runs('production')], [[], null]);
});

test('a CI system names a commit: the release that was made of it goes on, not the one that runs now', async (t) => {
  const { release, deliver, promote, runs } = shop(t);
  const other = 'd'.repeat(40);
  release(1);
  release(2, false, other);
  await deliver(1);
  await deliver(2);
  assert.equal((await promote('ruth', { commit: COMMIT })).verdict, 'promoted');
  assert.deepEqual([runs('staging'), runs('production')], [2, 1]);
  const unknown = { code: 'release-unknown', message: `shop has no release of commit ${'e'.repeat(40)}` };
  await assert.rejects(promote('ruth', { commit: 'e'.repeat(40) }), unknown);
});

test('what may not be promoted, and why', async (t) => {
  const { release, deliver, promote } = shop(t);
  release(1);
  release(2);
  release(3, true);
  await deliver(1);
  for (const [more, code, message] of [
    [{ release: 2 }, 'promotion-refused', /never taken in staging/],
    [{ from: 'local' }, 'system-down', /not|no system/],
    [{ from: 'local', release: 1 }, 'promotion-refused', /from staging only/],
    [{ to: 'staging' }, 'promotion-refused', /itself/],
    [{ release: 3 }, 'release-dev', /uncommitted/],
    [{ release: 9 }, 'release-unknown', /no release 9/],
  ] as const)
    await assert.rejects(promote('ruth', more), (error: Error & { code: string }) => {
      assert.ok(
        error.code === code || error.code === 'system-unknown',
        `${error.code} for ${JSON.stringify(more)}`,
      );
      assert.match(error.message, message);
      return true;
    });
});

test('who may not deploy there is refused, and nothing is begun', async (t) => {
  const { release, deliver, runs } = shop(t);
  release(1);
  const [end] = await deliver(1, 'mallory');
  assert.deepEqual(
    [end!.verdict, end!.message, runs('staging')],
    ['refused', 'mallory may not deploy to staging', null],
  );
});

test('a release that failed is not tried again by itself, only when somebody asks', async (t) => {
  const { release, deliver, runs, engine } = shop(t);
  release(1);
  await deliver(1);
  release(2);
  engine.fate = (set) => (set.release === 2 ? { fails: 'exited with code 1' } : 'ready');
  assert.equal((await deliver(2))[0]!.verdict, 'failed');
  const [again] = await deliver(2);
  assert.match(again!.message, /not tried again until something changes/);
  engine.fate = () => 'ready';
  assert.equal((await deliver(2, 'ada', true))[0]!.verdict, 'promoted');
  assert.equal(runs('staging'), 2);
});

test('the server’s rules tighten what the file says, and never the other way round', async (t) => {
  const model: SystemFile = { ...MODEL, environments: { staging: { branch: 'main' } } };
  const { release, deliver, promote, environments, runs } = shop(t, model);
  release(1);
  environments.setRule({
    ...{ system: '*', environment: 'production', branch: null, promoteFrom: 'staging', approve: 'admin' },
  });
  await assert.rejects(promote('ruth', { from: 'local', release: 1 }), { code: 'promotion-refused' });
  await deliver(1);
  assert.equal((await promote('ada')).verdict, 'waiting-for-approval');
  environments.setRule({
    ...{ system: 'shop', environment: 'production', branch: null, promoteFrom: null, approve: null },
  });
  assert.equal((await promote('ada')).verdict, 'promoted');
  assert.equal(runs('production'), 1);
});

test('each environment that file, server or a deploy names says what stands between it and a release', async (t) => {
  const { release, deliver, deliveries, environments } = shop(t);
  release(1);
  environments.setRule({
    system: '*',
    environment: 'demo',
    branch: null,
    promoteFrom: null,
    approve: 'deployer',
  });
  const problems = () =>
    deliveries.targets('shop', 1).map(({ environment, problem }) => [environment, problem]);
  const nowhere = 'release 1 was taken in no other environment yet';
  assert.deepEqual(problems(), [
    ['staging', nowhere],
    ['production', 'release 1 was never taken in staging'],
    ['demo', nowhere],
  ]);
  await deliver(1);
  assert.deepEqual(deliveries.targets('shop', 1), [
    { environment: 'staging', from: null, approve: null, problem: nowhere },
    { environment: 'production', from: 'staging', approve: 'admin', problem: null },
    { environment: 'demo', from: 'staging', approve: 'deployer', problem: null },
  ]);
  release(2, true);
  const uncommitted = 'release 2 was made of an uncommitted tree';
  for (const { problem } of deliveries.targets('shop', 2)) assert.equal(problem, uncommitted);
  assert.throws(() => deliveries.targets('shop', 9), { code: 'release-unknown' });
});

test('whose word a promotion needs is known before anybody asks, and what would be refused is refused', async (t) => {
  const { release, deliver, deliveries } = shop(t);
  release(1);
  release(2, true);
  await deliver(1);
  const to = (from: string | null, number = 1) =>
    deliveries.mayCome({ system: 'shop', from, to: 'production', release: number });
  assert.equal(to('staging'), 'admin');
  assert.throws(() => to('demo'), { code: 'promotion-refused' });
  assert.throws(() => to(null), { code: 'promotion-refused' });
  assert.throws(() => to('staging', 2), { code: 'release-dev' });
});
