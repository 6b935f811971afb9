import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAlive, startEscale, waitFor } from './escale.ts';

for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const)
  test(`${signal} of up leaves no process`, async (t) => {
    const escale = await startEscale(t);
    const up = escale.start(['up', '--no-watch'], escale.system('says-hello').folder);
    await up.until(/Ctrl-C stops/);
    const ended = await up.interrupt(signal);
    assert.equal(ended.code, 0, ended.output);
    assert.deepEqual(escale.processes(), [], 'nothing is left when the command returns');
  });

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} that npm passes on, so that it comes twice, leaves no process`, async (t) => {
    const escale = await startEscale(t);
    const up = escale.start(['up', '--no-watch'], escale.system('says-hello').folder);
    await up.until(/Ctrl-C stops/);
    up.child.kill(signal);
    await up.until(/stopping what this command added/);
    const ended = await up.interrupt(signal);
    assert.equal(ended.code, 0, ended.output);
    assert.deepEqual(escale.processes(), []);
  });

test('up goes on when its terminal is gone, until its signal comes', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  const up = escale.start(['up', '--no-watch'], hello.folder);
  await up.until(/Ctrl-C stops/);
  up.child.stdout!.destroy();
  up.child.stderr!.destroy();
  const ended = await up.interrupt('SIGHUP');
  assert.equal(ended.signal, null);
  assert.deepEqual(escale.processes(), []);
});

test('Ctrl-C in the middle of the first deploy leaves a clean state', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('never-ready');
  system.edit('escale.yaml', (text) => text.replace('deadline: 2s', 'deadline: 60s'));
  const up = escale.start(['up', '--no-watch'], system.folder);
  await up.until(/record release 1/);
  const interruptedAt = Date.now();
  const ended = await up.interrupt();
  assert.equal(ended.code, 1);
  assert.match(ended.stdout, /Nothing of Escale runs any more/);
  assert.deepEqual(escale.processes(), [], ended.output);
  assert.ok(Date.now() - interruptedAt < 30_000, 'it does not wait for the deadline of 60 s');

  system.become('says-hello');
  await escale.must(['deploy'], system.folder);
  assert.equal(await escale.body(system.host), 'Hello, World!');
});

test('Ctrl-C while Escale itself is starting leaves nothing either', async (t) => {
  const escale = await startEscale(t);
  const up = escale.start(['up', '--no-watch'], escale.system('says-hello').folder);
  await waitFor('its first process is there', () =>
    escale.processes().some(({ command }) => command.includes('control-plane')),
  );
  await up.interrupt();
  await escale.nothingLeft();
});

test('an instance that ignores SIGTERM is ended after its grace, and says so', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('ignores-sigterm');
  await escale.must(['deploy'], system.folder);
  const [instance] = (await escale.service('ignores-sigterm')).instances;
  await escale.must(['restart'], system.folder);
  assert.equal(isAlive(instance!.pid!), false);
  const logs = (await escale.must(['logs', '-n', '1000'], system.folder)).stdout;
  assert.match(logs, /I heard it and stay\n(?:.*\n)*.*still there 1 s after SIGTERM: SIGKILL/);
  assert.equal(await escale.body(system.host), 'still here');
});
