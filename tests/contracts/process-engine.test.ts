import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { EXIT_LOCKED } from '../../src/server/processes/keeper.ts';
import { isAlive } from '../e2e/escale.ts';
import { engineContract } from './engine.ts';
import { makeProcessEngine, type ProcessEngine, readRecord, recordFile } from './process-engine.ts';
import { TestSystem } from './system.ts';

engineContract('processes of this host', () => makeProcessEngine());

async function withSystem(t: TestContext): Promise<{ made: ProcessEngine; system: TestSystem }> {
  const made = await makeProcessEngine();
  const system = new TestSystem(made, 'system');
  t.after(() => system.remove().finally(() => made.close()));
  return { made, system };
}

test('a pid that came back is nobody: the record of an instance does not make a stranger its process', async (t) => {
  const { made, system } = await withSystem(t);
  await system.apply(await system.set('answers'));
  const [instance] = await system.ready(1);
  await made.killOwnProcesses();
  process.kill(instance!.pid!, 'SIGKILL');
  const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
  t.after(() => stranger.kill('SIGKILL'));
  await once(stranger, 'spawn');
  const stored = readRecord(made.home, instance!.id);
  const pid = stranger.pid!;
  const forged = { ...stored, identity: { ...stored.identity, pid }, record: { ...stored.record, pid } };
  writeFileSync(recordFile(made.home, instance!.id), JSON.stringify(forged));

  await made.startKeeper();
  const [successor] = await system.ready(1);
  assert.notEqual(successor!.id, instance!.id);
  assert.notEqual(successor!.pid, pid);
  assert.ok(isAlive(pid), 'and the stranger is left alone');
});

test('an instance whose pid could not be written down any more is found by its mark', async (t) => {
  const { made, system } = await withSystem(t);
  await system.apply(await system.set('answers'));
  const [instance] = await system.ready(1);
  await made.killOwnProcesses();
  const stored = readRecord(made.home, instance!.id);
  writeFileSync(recordFile(made.home, instance!.id), JSON.stringify({ ...stored, identity: null }));
  await made.startKeeper();
  const [adopted] = await system.ready(1);
  assert.deepEqual([adopted!.id, adopted!.pid], [instance!.id, instance!.pid]);
});

test('a second supervisor of the same home ends at once', async (t) => {
  const { made, system } = await withSystem(t);
  await system.apply(await system.set('answers'));
  const before = await system.ready(1);
  const pid = await made.engine.ping();
  const second = await made.startKeeper();
  if (second.exitCode === null) await once(second, 'exit');
  assert.equal(second.exitCode, EXIT_LOCKED);
  assert.equal(await made.engine.ping(), pid);
  assert.deepEqual(
    (await system.ready(1)).map(({ id }) => id),
    before.map(({ id }) => id),
  );
});

test('a state that can’t be read: nothing is killed, requests go on, and the wish is taken again', async (t) => {
  const { made, system } = await withSystem(t);
  const web = await system.set('answers', { count: 2 });
  const caller = await system.set('answers', {
    service: 'caller',
    plan: { uses: { WEB_URL: `${system.name}/web` } },
  });
  await system.apply(web, caller);
  const before = await system.ready(3);
  const insideOf = async () => (await made.engine.observe()).services.map(({ internalUrl }) => internalUrl);
  const addresses = await insideOf();
  await made.killOwnProcesses();
  const state = path.join(made.home, 'supervisor', 'state.json');
  writeFileSync(state, '{"desired":[{"sys');

  await made.startKeeper();
  assert.deepEqual(await made.engine.wishes(), [{ system: system.name, environment: 'local', digest: null }]);
  const served = await fetch(`${addresses[0]}/`);
  assert.equal(served.status, 200);
  assert.deepEqual(pidsOf(await system.instances()), pidsOf(before));

  await system.apply(web, caller);
  assert.deepEqual(pidsOf(await system.ready(3)), pidsOf(before));
  assert.deepEqual(await insideOf(), addresses);
  const [aside] = readdirSync(path.dirname(state)).filter((name) => name.includes('damaged'));
  assert.equal(readFileSync(path.join(path.dirname(state), aside!), 'utf8'), '{"desired":[{"sys');
});

test('a place that is said to be gone after the state was lost is stopped', async (t) => {
  const { made, system } = await withSystem(t);
  await system.apply(await system.set('answers'));
  await system.ready(1);
  await made.killOwnProcesses();
  writeFileSync(path.join(made.home, 'supervisor', 'state.json'), '');
  await made.startKeeper();
  await system.remove();
  assert.deepEqual([await system.instances(), await made.engine.wishes()], [[], []]);
});

function pidsOf(instances: { pid: number | null }[]): (number | null)[] {
  return instances.map(({ pid }) => pid).sort();
}
