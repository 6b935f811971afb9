import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('a folder of files is served, and a changed file is served after the next deploy', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('static-site');
  await escale.must(['deploy'], system.folder);
  assert.match(await escale.body(system.host), /Plain files/);
  assert.match(await escale.body(system.host, '/pages/style.css'), /teal/);
  assert.equal((await escale.request(system.host, '/nothing-here.html')).status, 404);
  assert.equal((await escale.request(system.host, '/../escale.yaml')).status >= 400, true);
  system.write('public/index.html', '<h1>Changed files</h1>');
  await escale.must(['deploy'], system.folder);
  assert.match(await escale.body(system.host), /Changed files/);
});
