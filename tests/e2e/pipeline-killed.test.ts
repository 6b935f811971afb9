import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { PipelineSummary } from '../../src/server/index.ts';
import { type Escale, isAlive, kill, type ProcessName, processesOf, startEscale, waitFor } from './escale.ts';
import { shopWith } from './pipeline-host.ts';

/** A system whose test waits until it is let go. */
function waiting(escale: Escale): { folder: string; letGo: () => void } {
  const folder = path.join(escale.folder, 'shop');
  const gate = path.join(escale.folder, 'go');
  const script = `echo begun; while [ ! -e ${gate} ]; do sleep 0.1; done; echo "let go"`;
  const steps = {
    test: { command: ['sh', '-c', script], needs: [] },
    after: { command: ['echo', 'x'], needs: ['test'] },
  };
  mkdirSync(folder);
  for (const [name, text] of Object.entries(shopWith(steps))) writeFileSync(path.join(folder, name), text);
  return { folder, letGo: () => writeFileSync(gate, '') };
}

async function runs(escale: Escale): Promise<PipelineSummary[]> {
  const { stdout } = await escale.must(['pipeline', 'list', '--all', '--json']);
  return (JSON.parse(stdout) as { runs: PipelineSummary[] }).runs;
}

for (const name of ['control-plane', 'supervisor'] as ProcessName[])
  test(`${name} is killed with -9 while a step runs: the run goes on, and ends once`, async (t) => {
    const escale = await startEscale(t);
    const { folder, letGo } = waiting(escale);
    const command = escale.start(['pipeline', folder]);
    await command.until(/test │ begun/);
    const pid = escale.pid(name);
    kill(pid);
    await waitFor('another one is there', () => !isAlive(pid) && escale.pid(name) !== pid);
    letGo();
    const { code, output } = await command.ended;
    assert.equal(code, 0, output);
    assert.match(output, /✓ test .*\n[\s\S]*✓ after .*\npipeline run 1 succeeded/);
    // An adopted program's end can't be known: it is run again, and has the same folder.
    if (name === 'control-plane') assert.equal(output.match(/│ let go/g)?.length, 1);
    const all = await runs(escale);
    assert.deepEqual(
      all.map(({ id, state }) => `${id} ${state}`),
      ['1 succeeded'],
    );
    await nothingLeft(escale);
  });

async function nothingLeft(escale: Escale): Promise<void> {
  await waitFor('no process is left', () => processesOf(escale.home).length === 0);
  const run = path.join(escale.home, 'pipelines', '1');
  assert.equal(existsSync(path.join(run, 'work')), false);
  assert.deepEqual(readdirSync(path.join(escale.home, 'resources')), []);
}

test('everything is killed while a step runs: the next start goes on and cleans up', async (t) => {
  const escale = await startEscale(t);
  const { folder, letGo } = waiting(escale);
  const command = escale.start(['pipeline', folder]);
  await command.until(/test │ begun/);
  command.child.kill('SIGKILL');
  for (const { pid } of processesOf(escale.home)) kill(pid, 'SIGSTOP');
  for (const { pid } of processesOf(escale.home)) kill(pid);
  await waitFor('all are gone', () => processesOf(escale.home).length === 0);
  letGo();
  const shown = await escale.must(['pipeline', 'logs', '1']);
  assert.match(shown.output, /pipeline run 1 succeeded/);
  await nothingLeft(escale);
});

test('Ctrl-C cancels the run, and ends what it began', async (t) => {
  const escale = await startEscale(t);
  const { folder } = waiting(escale);
  const command = escale.start(['pipeline', folder]);
  await command.until(/test │ begun/);
  command.child.kill('SIGINT');
  const { code, output } = await command.ended;
  assert.equal(code, 1);
  assert.match(output, /– test .*cancelled[\s\S]*pipeline run 1 cancelled/);
  await nothingLeft(escale);
});
