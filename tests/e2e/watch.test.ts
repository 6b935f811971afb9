import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale, waitFor } from './escale.ts';

test('up follows the files of a system', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  const up = escale.start(['up'], hello.folder);
  await up.until(/A saved file is live at once/);

  await t.test('a saved file is live by itself, without a lost request', async () => {
    const load = escale.load(hello.host);
    hello.write('version.txt', 'two');
    await waitFor('version two is live', async () => (await escale.body(hello.host, '/version')) === 'two');
    await up.until(/says-hello: release 2 runs/);
    assert.deepEqual((await load.stop()).failures, []);
  });

  await t.test('a wrong file keeps the old one serving, and every mistake is listed at once', async () => {
    hello.edit('escale.yaml', (text) =>
      text.replace('replicas: 2', 'replicsa: 2').replace('port: true', 'port: 80'),
    );
    await up.until(/replicsa/);
    await up.until(/services\.web\.port/);
    assert.match(up.output, /escale\.yaml:\d+/);
    assert.match(up.output, /did you mean .*replicas/i);
    assert.equal(await escale.body(hello.host, '/version'), 'two');
    assert.equal((await escale.service('says-hello')).ready, 2);
  });

  await t.test('the mended file is live again', async () => {
    hello.become('says-hello');
    hello.write('version.txt', 'three');
    await waitFor(
      'version three is live',
      async () => (await escale.body(hello.host, '/version')) === 'three',
    );
  });

  await t.test('a release that never becomes ready is not taken, and up goes on', async () => {
    hello.become('never-ready');
    await up.until(/was not taken: .*was not ready within 2 s/);
    assert.equal(await escale.body(hello.host, '/version'), 'three');
  });

  const ended = await up.interrupt();
  assert.equal(ended.code, 0, ended.output);
  assert.deepEqual(escale.processes(), [], ended.output);
});

test('up with a file that is wrong from the start lists its mistakes and serves once it is mended', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  hello.edit('escale.yaml', (text) => text.replace('command:', 'comand:').replace(': web', ': wbe'));
  const up = escale.start(['up'], hello.folder);
  await up.until(/comand/);
  await up.until(/wbe/);
  hello.become('says-hello');
  await waitFor('it is live', async () => (await escale.body(hello.host)) === 'Hello, World!');
  const ended = await up.interrupt();
  assert.deepEqual(escale.processes(), [], ended.output);

  const once = escale.system('says-hello', 'once');
  once.edit('escale.yaml', (text) => text.replace('command:', 'comand:'));
  const failed = await escale.run(['up', '--no-watch'], once.folder);
  assert.equal(failed.code, 1);
  assert.deepEqual(escale.processes(), [], 'without following files there is nothing to wait for');
});
