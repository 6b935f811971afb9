import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('a TypeScript file works from a folder without node_modules', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('typescript-form');
  assert.equal(existsSync(path.join(system.folder, 'node_modules')), false);
  await escale.must(['deploy'], system.folder);
  assert.equal(await escale.body(system.host), 'from a TypeScript file');
  assert.equal((await escale.service('typescript-form')).wanted, 2);

  system.edit('escale.config.ts', (text) => text.replace('replicas,', 'replicsa: 1,'));
  const { code, stderr } = await escale.run(['deploy'], system.folder);
  assert.notEqual(code, 0);
  assert.match(stderr, /escale\.config\.ts/);
  assert.match(stderr, /replicas/);
});
