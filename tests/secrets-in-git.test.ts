import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { EscaleError } from '../src/core/errors/index.ts';
import { sopsFile } from '../src/secrets/testing/sops.ts';
import type { Progress } from '../src/server/control-plane.ts';
import { controlPlaneIn, temporary, writeShop } from '../src/server/testing/control-plane.ts';

const STRANGER = 'age1lzd99uklcjnc0e7d860axevet2cz99ce9pq6tzuzd05l5nr28ams36nvun';

function shop(t: TestContext, environment = 'production') {
  const { controlPlane, engine, home, store } = controlPlaneIn(t);
  const folder = writeShop(path.join(temporary(t), 'shop'), ['env: { KEY: "${secret.API_KEY}" }']);
  const notes: string[] = [];
  const source = { folder, environment };
  const tell = (line: Progress) => void (line.type === 'note' && notes.push(line.message));
  const commit = async (
    values: Record<string, string>,
    name = 'secrets.sops.yaml',
    recipients?: string[],
  ) => {
    const to = recipients ?? [await controlPlane.secrets.recipient()];
    writeFileSync(path.join(folder, name), await sopsFile({ values, recipients: to }));
  };
  const deploy = () => controlPlane.deploy(source, tell);
  const used = () => store.deployment('shop', environment)!.secrets!.API_KEY!;
  const value = (version: number) =>
    controlPlane.secrets.vault.value({ system: 'shop', environment }, 'API_KEY', version);
  const set = (text: string) =>
    controlPlane.secrets.set({ environment, system: 'shop', name: 'API_KEY' }, text);
  return { controlPlane, engine, home, folder, source, notes, commit, deploy, set, used, value };
}

test('a deploy uses what is committed; its plan says so before, and writes nothing', async (t) => {
  const { controlPlane, commit, deploy, source, notes, used, value, home } = shop(t);
  await commit({ API_KEY: 'geheim-1' });
  const planned = await controlPlane.plan(source);
  assert.deepEqual([planned.secrets, controlPlane.secrets.list('production')], [{ API_KEY: 1 }, []]);
  assert.equal(existsSync(path.join(home, 'secret-key')), false);
  assert.equal((await deploy()).rollout!.state, 'promoted');
  assert.deepEqual([used(), value(1), notes], [1, 'geheim-1', ['taken from git: API_KEY']]);
  assert.equal((await deploy()).rollout, null);
  await commit({ API_KEY: 'geheim-2' });
  const again = await controlPlane.plan(source);
  assert.deepEqual(again.notes, ['the secret API_KEY has another value: it is used by web']);
  await deploy();
  assert.equal(value(used()), 'geheim-2');
});

test('an environment’s own file comes before the one of all', async (t) => {
  const { commit, deploy, used, value } = shop(t);
  await commit({ API_KEY: 'all', OTHER: 'x' });
  await commit({ API_KEY: 'own' }, 'secrets.production.sops.yaml');
  await commit({ API_KEY: 'theirs' }, 'secrets.staging.sops.yaml');
  await deploy();
  assert.equal(value(used()), 'own');
});

test('a value set by hand is deployed until git has another one', async (t) => {
  const { commit, deploy, set, used, value } = shop(t);
  await commit({ API_KEY: 'git' });
  await deploy();
  set('hand');
  await deploy();
  assert.equal(value(used()), 'hand');
  await commit({ API_KEY: 'newer' });
  await deploy();
  assert.equal(value(used()), 'newer');
});

test('a file that can not be read stops the deploy before anything changes', async (t) => {
  const { commit, controlPlane, deploy, folder, source, engine } = shop(t);
  const refused = (code: string) => (error: EscaleError) => error.code === code;
  await commit({ API_KEY: 'x' }, 'secrets.sops.yaml', [STRANGER]);
  await assert.rejects(deploy(), refused('sops-recipient'));
  await assert.rejects(controlPlane.plan(source), refused('sops-recipient'));
  await commit({ API_KEY: 'x' });
  const file = path.join(folder, 'secrets.sops.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^API_KEY: .*\n/m, ''));
  await assert.rejects(deploy(), refused('sops-changed'));
  await commit({ API_KEY: 'x' });
  await commit({ API_KEY: 'x' }, 'secrets.sops.yml');
  await assert.rejects(deploy(), refused('sops-file'));
  assert.deepEqual([controlPlane.secrets.list('production'), engine.applied], [[], []]);
});

test('on a machine of their own people need not be able to read it', async (t) => {
  const { commit, deploy, set, notes } = shop(t, 'local');
  await commit({ API_KEY: 'x' }, 'secrets.sops.yaml', [STRANGER]);
  await assert.rejects(deploy(), (error: EscaleError) => error.code === 'secret-missing');
  set('by hand');
  assert.equal((await deploy()).rollout!.state, 'promoted');
  assert.ok(notes.includes('not encrypted for this Escale, so not read: secrets.sops.yaml'));
});

test('files of SOPS are no part of what runs, and changing one makes no other release', async (t) => {
  const { commit, controlPlane, deploy, folder, source, home } = shop(t);
  await commit({ API_KEY: 'one' });
  await commit({ OTHER: 'one' }, 'secrets.local.sops.json');
  await deploy();
  const artifacts = readdirSync(path.join(home, 'artifacts'));
  assert.equal(artifacts.length, 1);
  assert.deepEqual(readdirSync(path.join(home, 'artifacts', artifacts[0]!)), ['server.ts']);
  await commit({ API_KEY: 'two' });
  assert.equal((await controlPlane.plan(source)).release, 1);
  rmSync(path.join(folder, 'secrets.sops.yaml'));
  assert.equal((await controlPlane.plan(source)).release, 1);
});
