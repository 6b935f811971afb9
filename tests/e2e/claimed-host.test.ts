import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('a host that two systems claim is refused before anything changes', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  const rival = escale.system('says-hello', 'rival');
  rival.edit('escale.yaml', (text) => text.replace('rival.localhost', hello.host));
  await escale.must(['deploy'], hello.folder);

  for (const command of ['plan', 'deploy']) {
    const { code, stderr } = await escale.run([command], rival.folder);
    assert.equal(code, 1);
    assert.match(stderr, /says-hello\.localhost belongs to says-hello \(local\)/);
  }
  assert.deepEqual(
    (await escale.status()).systems.map(({ name }) => name),
    ['says-hello'],
  );
  assert.equal((await escale.service('says-hello')).instances.length, 2);

  rival.edit('escale.yaml', (text) => text.replace(hello.host, 'escale.localhost'));
  assert.notEqual((await escale.run(['deploy'], rival.folder)).code, 0, "Escale's own host is nobody else's");

  rival.edit('escale.yaml', (text) => text.replace('escale.localhost', hello.host));
  await escale.must(['down', 'says-hello']);
  await escale.must(['deploy'], rival.folder);
  const { code, stderr } = await escale.run(['deploy'], hello.folder);
  assert.equal(code, 1, 'the host is the other one’s by now');
  assert.match(stderr, /belongs to rival/);
});
