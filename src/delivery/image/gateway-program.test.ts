import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { GATEWAY_COMMAND, gatewayProgram } from './gateway-program.ts';

test('the gateway for clusters is one file, the same each time, that needs nothing beside it', async (t) => {
  const store = mkdtempSync(path.join(os.tmpdir(), 'gateway-program-'));
  t.after(() => rmSync(store, { recursive: true, force: true }));
  const [folder, again] = [await gatewayProgram(store), await gatewayProgram(store)];
  assert.equal(folder, again);
  assert.deepEqual(readdirSync(store), [path.basename(folder)]);
  assert.equal(path.basename(await gatewayProgram(path.join(store, 'elsewhere'))), path.basename(folder));
  const [, ...words] = GATEWAY_COMMAND;
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder, env: {}, encoding: 'utf8' });
  assert.equal(status, 2, stderr);
  assert.match(stderr, /^PORT is not set/);
});
