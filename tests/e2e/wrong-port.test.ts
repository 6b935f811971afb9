import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('a service on a wrong port is told which one it listens on, and what PORT is', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('listens-on-wrong-port');
  const { code, stdout } = await escale.run(['deploy'], system.folder);
  assert.equal(code, 1);
  const told = /it listens on port (\d+), but its PORT is (\d+)/.exec(stdout);
  assert.ok(told, stdout);
  const [, listens, port] = told;
  assert.notEqual(listens, port);
  assert.match(stdout, new RegExp(`│ listening on .*"port":${listens}\\b`));
});
