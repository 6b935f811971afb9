import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { EXIT_LOCKED } from '../../src/server/processes/keeper.ts';
import { isAlive } from '../e2e/escale.ts';
import { engineContract } from './engine.ts';
import { makeProcessEngine, type ProcessEngine, readRecord, recordFile } from './process-engine.ts';
import { TestSystem } from './system.ts';

engineContract('processes of this host', makeProcessEngine);

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
