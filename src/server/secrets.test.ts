import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { EscaleError } from '../core/errors/index.ts';
import type { Progress } from './control-plane.ts';
import { controlPlaneIn, temporary, writeShop } from './testing/control-plane.ts';

const SHOP = { system: 'shop', environment: 'local' };
const VALUE = 'geheim-und-lang';
const LINES = ['env: { KEY: "${secret.API_KEY}", PLAIN: x }'];

/** A system whose service names `API_KEY`. */
function shop(t: TestContext, lines = LINES) {
  const parts = controlPlaneIn(t);
  const source = { folder: writeShop(path.join(temporary(t), 'shop'), lines), environment: 'local' };
  const told: Progress[] = [];
  const tell = (line: Progress) => void told.push(line);
  const { controlPlane, engine } = parts;
  const set = (value: string, name = 'API_KEY') => controlPlane.secrets.set({ ...SHOP, name }, value);
  const plans = () => engine.applied.at(-1)!.sets.map(({ rollout, plan }) => [rollout, plan.secrets]);
  return { ...parts, source, told, tell, set, plans, deploy: () => controlPlane.deploy(source, tell) };
}

test('what is missing is told all at once, with its commands, before anything is written', async (t) => {
  const { deploy, controlPlane, source, store, engine, set } = shop(t, [
    'env: { A: "${secret.API_KEY}", B: "x ${secret.OTHER} y", C: "${secret.THIRD}" }',
  ]);
  set('there', 'OTHER');
  const missing = (error: EscaleError) =>
    error.code === 'secret-missing' &&
    error.message === 'shop needs secrets that are not set in local: API_KEY, THIRD' &&
    error.next.includes('`escale secret set API_KEY shop`, `escale secret set THIRD shop`');
  await assert.rejects(deploy(), missing);
  await assert.rejects(controlPlane.plan(source), missing);
  assert.deepEqual([store.deployments(), store.releases('shop'), engine.applied], [[], [], []]);
});

test('the wish carries the reference and its version, and nothing else of it', async (t) => {
  const { deploy, engine, set, store } = shop(t);
  set(VALUE);
  assert.equal((await deploy()).rollout!.state, 'promoted');
  const [{ plan }] = engine.applied.at(-1)!.sets as [(typeof engine.applied)[0]['sets'][0]];
  assert.deepEqual([plan.env, plan.secrets], [{ KEY: '${secret.API_KEY}', PLAIN: 'x' }, { API_KEY: 1 }]);
  assert.deepEqual(store.deployment('shop', 'local')!.secrets, { API_KEY: 1 });
  const all = [engine.applied, store.releases('shop'), store.rollouts('shop', 'local', 9)];
  assert.ok(!JSON.stringify(all).includes(VALUE));
});

test('another value replaces the services that use it, and the plan says why', async (t) => {
  const { controlPlane, deploy, set, source, told, plans } = shop(t);
  set(VALUE);
  await deploy();
  assert.equal((await deploy()).rollout, null);
  set(VALUE);
  const { plan, notes, release } = await controlPlane.plan(source);
  assert.deepEqual([release, notes], [1, ['the secret API_KEY has another value: it is used by web']]);
  assert.deepEqual(
    plan.operations.map(({ kind }) => kind),
    ['start', 'retire', 'settle'],
  );
  await deploy();
  assert.deepEqual(plans(), [[2, { API_KEY: 2 }]]);
  assert.ok(told.some((line) => line.type === 'note' && line.message === notes[0]));
  assert.equal((await deploy()).rollout, null);
});

test('a secret that nothing names replaces nothing', async (t) => {
  const { deploy, set } = shop(t);
  set(VALUE);
  await deploy();
  set('x', 'UNUSED');
  assert.equal((await deploy()).rollout, null);
});

test('restart and scale keep the value that was deployed', async (t) => {
  const { controlPlane, deploy, set, plans, tell } = shop(t);
  set(VALUE);
  await deploy();
  set('newer');
  await controlPlane.restart(SHOP, [], tell);
  assert.deepEqual(plans(), [[2, { API_KEY: 1 }]]);
  await controlPlane.scale(SHOP, { web: 2 }, tell);
  assert.deepEqual(plans(), [[2, { API_KEY: 1 }]]);
});

test('a value that does not work is not taken: the former one is returned to, and is still there', async (t) => {
  const { controlPlane, deploy, set, plans, engine, store } = shop(t);
  set(VALUE);
  await deploy();
  set('wrong');
  engine.fate = (wanted) => (wanted.rollout === 2 ? { fails: 'exited with code 1' } : 'ready');
  assert.equal((await deploy()).rollout!.state, 'rolled-back');
  assert.deepEqual(plans(), [[1, { API_KEY: 1 }]]);
  assert.deepEqual(store.deployment('shop', 'local')!.secrets, { API_KEY: 1 });
  for (const value of ['third', 'fourth', 'fifth']) set(value);
  assert.equal(controlPlane.secrets.vault.value(SHOP, 'API_KEY', 1), VALUE);
});

test('a rollback takes the newest value: the former one may be valid no more', async (t) => {
  const { controlPlane, deploy, set, source, plans, tell } = shop(t);
  set(VALUE);
  await deploy();
  set('newer');
  writeShop(source.folder, [...LINES, 'replicas: 2']);
  await deploy();
  set('newest');
  await controlPlane.rollback(SHOP, 1, tell);
  assert.deepEqual(plans().at(-1), [3, { API_KEY: 3 }]);
});

test('what is in use is not removed; what is not any more is', async (t) => {
  const { controlPlane, deploy, set, source } = shop(t);
  set(VALUE);
  await deploy();
  const remove = () => controlPlane.secrets.remove({ ...SHOP, name: 'API_KEY' });
  assert.throws(remove, { code: 'secret-used' });
  writeShop(source.folder, []);
  await deploy();
  remove();
  assert.deepEqual(controlPlane.secrets.list('local'), []);
  await assert.rejects(
    controlPlane.rollback(SHOP, 1, () => {}),
    { code: 'secret-missing' },
  );
});

test('an address that a secret makes unusable is refused without being shown', async (t) => {
  const { deploy, set, source, engine } = shop(t, ['uses: [db]']);
  writeShop(source.folder, ['uses: [db]', 'env: {}', '']);
  const file = path.join(source.folder, 'escale.yaml');
  appendFileSync(file, 'resources: { db: { type: postgres, external: "${secret.DATABASE_URL}" } }\n');
  set('geheim://nowhere', 'DATABASE_URL');
  const refusal = await deploy().then(
    () => null,
    (error: EscaleError) => error,
  );
  assert.equal(refusal?.code, 'wrong-address');
  assert.ok(refusal instanceof EscaleError && !JSON.stringify(refusal).includes('geheim'));
  set('postgres://ada:geheim@db.example.org/shop', 'DATABASE_URL');
  await deploy();
  assert.deepEqual(engine.applied.at(-1)!.resources, [
    { name: 'db', type: 'postgres', external: '${secret.DATABASE_URL}', secrets: { DATABASE_URL: 2 } },
  ]);
  set('postgres://ada:neu@db.example.org/shop', 'DATABASE_URL');
  const { operations } = (await deploy()).rollout!;
  assert.deepEqual(
    operations.map(({ kind }) => kind),
    ['provide', 'start', 'retire', 'settle'],
  );
});

test('a job whose secrets can not be read is asked for all the same: its run says why, others go on', (t) => {
  const { controlPlane, set, home } = shop(t);
  set(VALUE);
  assert.deepEqual(controlPlane.secrets.forRun(SHOP, ['API_KEY', 'OTHER']), { API_KEY: 1 });
  writeFileSync(path.join(home, 'secrets', 'local.json'), '{');
  assert.deepEqual(controlPlane.secrets.forRun(SHOP, ['API_KEY']), {});
});
