import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('a system that crashes at its start', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('crashes-at-start');

  await t.test('fails as a first deploy: exit code, instance, last words; nothing of it stays', async () => {
    const { code, stdout } = await escale.run(['deploy'], system.folder);
    assert.equal(code, 1);
    assert.match(stdout, /crashes-at-start-web-\w{6}: before it was ready, it exited with code 3/);
    assert.match(stdout, /│ my configuration is nowhere to be found/);
    assert.match(stdout, /nothing of it runs/);
    assert.deepEqual(
      escale.processes().filter(({ instance }) => instance !== null),
      [],
    );
    assert.equal((await escale.systemView('crashes-at-start')).state, 'down');
  });

  await t.test('works once it is mended', async () => {
    system.become('says-hello');
    await escale.must(['deploy'], system.folder);
    assert.equal(await escale.body(system.host), 'Hello, World!');
  });

  await t.test('a program that is not there is named', async () => {
    system.edit('escale.yaml', (text) => text.replace('node server.ts', 'no-such-program --now'));
    const { code, stdout } = await escale.run(['deploy'], system.folder);
    assert.equal(code, 1);
    assert.match(stdout, /there is no program "no-such-program"/);
    assert.equal(await escale.body(system.host), 'Hello, World!');
  });
});
