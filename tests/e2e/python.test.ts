import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('a plain Python service is served, restarted and updated like any other', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('python-service');
  await escale.must(['deploy'], system.folder);
  assert.equal(await escale.body(system.host), 'Hello from Python');
  const [before] = (await escale.service('python-service')).instances;
  await escale.must(['restart'], system.folder);
  const [after] = (await escale.service('python-service')).instances;
  assert.notEqual(after!.id, before!.id);
  assert.equal(await escale.body(system.host), 'Hello from Python');
  const logs = (await escale.must(['logs', '-n', '100'], system.folder)).stdout;
  assert.match(logs, /"GET \/readyz HTTP\/1\.1" 200/, 'what it writes to stderr can be read');
});
