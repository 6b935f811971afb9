import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { bootId, identify, isAlive, processStat, readProc } from './process-identity.ts';

function temporary(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-identity-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function sleeper(t: TestContext, program = '/bin/sleep'): Promise<ChildProcess & { pid: number }> {
  const child = spawn(program, ['60'], { stdio: 'ignore', detached: true });
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child as ChildProcess & { pid: number };
}

test('a living process is the same as long as it lives, and nobody afterwards', async (t) => {
  const child = await sleeper(t);
  const identity = identify(child.pid)!;
  assert.deepEqual(identity, { bootId: bootId(), pid: child.pid, startTime: identity.startTime });
  assert.match(identity.startTime, /^\d+$/);
  assert.match(identity.bootId, /^[0-9a-f-]{36}$/);
  assert.equal(isAlive(identity), true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(isAlive(identity), false);
  assert.equal(identify(child.pid), null);
});

test('a pid that came back, or another boot, is somebody else', async (t) => {
  const identity = identify((await sleeper(t)).pid)!;
  assert.equal(isAlive({ ...identity, startTime: '1' }), false);
  assert.equal(isAlive({ ...identity, bootId: 'another' }), false);
});

for (const name of ['a b', 'a) b (c', ') S 1 2', '((', 'x) R 0 0'])
  test(`a process that is called "${name}" is read like any other`, async (t) => {
    const program = path.join(temporary(t), name);
    copyFileSync('/bin/sleep', program);
    const child = await sleeper(t, program);
    assert.equal(readProc(child.pid, 'comm'), `${name}\n`);
    const stat = processStat(child.pid)!;
    assert.deepEqual([stat.pid, stat.group, stat.session], [child.pid, child.pid, child.pid]);
    assert.match(stat.state, /^[SRD]$/);
    assert.ok(Number(stat.startTime) > 1);
    assert.equal(isAlive(identify(child.pid)!), true);
  });

test('a zombie is nobody', async (t) => {
  const program =
    'const { spawn } = require("node:child_process"); const c = spawn("/bin/sleep", ["0"]);' +
    'process.stdout.write(String(c.pid)); process.kill(process.pid, "SIGSTOP");';
  const parent = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => parent.kill('SIGKILL'));
  const [said] = await once(parent.stdout, 'data');
  const pid = Number(said);
  while (processStat(pid)?.state !== 'Z') await new Promise(setImmediate);
  assert.equal(identify(pid), null);
});

test('nothing is known of a pid that is not there', () => {
  assert.equal(processStat(2 ** 22 + 1), null);
  assert.equal(readProc(2 ** 22 + 1, 'stat'), null);
});
