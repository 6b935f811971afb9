import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type BackupRecord, RESOURCE_HOLD_MS, type ResourceKind } from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { Deployments } from './deployments.ts';
import { desiredAtRest } from './desired.ts';
import { ResourceAccess } from './resource-access.ts';
import { resourcesHere } from './resource-host.ts';
import { controlPlaneIn, temporary } from './testing/control-plane.ts';

const PLACE = { system: 'shop', environment: 'local' };
const NOW = Date.parse('2026-11-26T10:25:30.400Z');
const artifacts = { folderOf: (digest: string) => `/artifacts/${digest}`, staticServer: 's.ts' };

/** `shop` with a database `db` runs; its kind is the test's. */
async function shop(t: TestContext, kind: Partial<ResourceKind>, external?: string) {
  const { store, engine } = controlPlaneIn(t);
  const home = temporary(t);
  const db = { type: 'postgres' as const, ...(external === undefined ? {} : { external }) };
  const model = { name: 'shop', services: { web: { command: 'node w.ts' } }, resources: { db } };
  store.addRelease('shop', 1, { commit: null, dev: true, model, artifacts: { web: 'w' } }, NOW);
  store.saveDeployment({ ...PLACE, folder: '/src', release: 1, wanted: {}, scaled: {}, up: true });
  const deployments = new Deployments(store);
  const resolve = (release: number) => deployments.resolution(PLACE, release);
  await engine.apply(desiredAtRest({ place: PLACE, wanted: {}, release: 1, resolve, artifacts }));
  const kinds = [{ type: 'postgres', verify: async () => RECORD, ...kind } as ResourceKind];
  const [folder, backups] = [path.join(home, 'resources'), path.join(home, 'backups')];
  const clock = { ms: NOW };
  const access = new ResourceAccess({
    ...{ engine, deployments, hostOf: () => resourcesHere({ kinds, folder, backups, volumes: home }) },
    now: () => clock.ms,
    secrets: { value: () => 'geheim' },
    meta: { get: (name) => store.meta(name), set: (name, value) => store.setMeta(name, value) },
  });
  return { access, engine, clock, store, backups: path.join(backups, 'local', 'shop', 'db') };
}

const RECORD: BackupRecord = {
  ...{ id: '20261126T090000Z', type: 'postgres', version: '18.4', ...PLACE, resource: 'db' },
  ...{ takenAt: 1, tookMs: 1, bytes: 1 },
};

/** Makes the folder, after what else is going on had its turn. */
const take: ResourceKind['backup'] = async (_at, folder) => {
  await new Promise(setImmediate);
  mkdirSync(folder, { recursive: true });
  return { ...RECORD, id: path.basename(folder) };
};

test('backups of one second never share a folder, together or one after the other', {
  timeout: 5000,
}, async (t) => {
  const { access } = await shop(t, { backup: take });
  const together = await Promise.all([access.backup(PLACE, null), access.backup(PLACE, null)]);
  const after = await access.backup(PLACE, null);
  assert.deepEqual(
    [...together, after].map(({ id }) => id),
    ['20261126T102530Z', '20261126T102531Z', '20261126T102532Z'],
  );
});

test('the name of a backup that failed is free again', { timeout: 5000 }, async (t) => {
  let fails = true;
  const backup: ResourceKind['backup'] = (at, folder, now) =>
    fails ? Promise.reject(new Error('no')) : take(at, folder, now);
  const { access } = await shop(t, { backup });
  await assert.rejects(access.backup(PLACE, null), /no/);
  fails = false;
  assert.equal((await access.backup(PLACE, null)).id, '20261126T102530Z');
});

test('a resource is held while its data is replaced, is asked for again meanwhile, and is let go', {
  timeout: 5000,
}, async (t) => {
  const { access, engine } = await shop(t, {
    restore: async () => {
      t.mock.timers.tick(RESOURCE_HOLD_MS);
      await new Promise(setImmediate);
      return { former: '/data-1', data: '/data-2' };
    },
  });
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { former } = await access.restore(PLACE, null, '/media/backup');
  assert.equal(former, '/data-1');
  assert.ok(engine.holds.length > 2, engine.holds.join());
  assert.deepEqual([engine.holds[0], engine.holds.at(-1)], ['hold db', 'let go db']);
  t.mock.timers.tick(10 * RESOURCE_HOLD_MS);
  assert.equal(engine.holds.at(-1), 'let go db');
});

test('a restore that failed says why, whatever became of the resource', { timeout: 5000 }, async (t) => {
  const full = new EscaleError('disk-full', 'no room');
  const { access, engine } = await shop(t, { restore: async () => Promise.reject(full) });
  engine.resourceProblem = () => 'it is not running';
  await assert.rejects(access.restore(PLACE, null, '/media/backup'), full);
  assert.equal(engine.holds.at(-1), 'let go db');
});

test('an engine that is away for a moment after a restore does not make it a failure', {
  timeout: 5000,
}, async (t) => {
  const { access, engine } = await shop(t, {
    restore: async () => {
      engine.awayFor = 3;
      return { former: null, data: '/data-1' };
    },
  });
  assert.deepEqual(await access.restore(PLACE, null, '/media/backup'), { former: null, backup: RECORD });
});

test('what exists elsewhere is neither copied nor brought back, and that is what is said', {
  timeout: 5000,
}, async (t) => {
  const { access } = await shop(t, { backup: take }, 'postgres://shop@db.example.org/shop');
  await assert.rejects(access.backup(PLACE, null), { code: 'resource-elsewhere' });
  await assert.rejects(access.restore(PLACE, null, 'latest'), { code: 'resource-elsewhere' });
});

test('backups of a system that is down are listed', { timeout: 5000 }, async (t) => {
  const { access, store, backups } = await shop(t, {});
  mkdirSync(path.join(backups, RECORD.id), { recursive: true });
  store.saveDeployment({ ...store.deployment('shop', 'local')!, up: false });
  assert.deepEqual(await access.backups(PLACE, null), {
    ...{ resource: 'db', ids: [RECORD.id], folder: backups },
  });
});

test('of copies that were made before migrations the newest five are kept, and all that people made', async (t) => {
  const { access, clock, backups } = await shop(t, { backup: take });
  const { id } = await access.backup(PLACE, 'db');
  for (let index = 0; index < 7; index++) {
    clock.ms += 60_000;
    await access.backUpBefore(PLACE, 'db');
  }
  const left = readdirSync(backups);
  assert.equal(left.length, 6);
  assert.ok(left.includes(id));
});
