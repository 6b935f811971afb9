import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { startEscale, waitFor } from './escale.ts';

/** Bytes of everything below a folder. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + sizeOfFile(path.join(entry.parentPath, entry.name)), 0);
}

function sizeOfFile(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

test('100 MB of output stays bounded on disk, and its end can be read', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('writes-100-mb');
  await escale.must(['deploy'], system.folder);
  const logs = await waitFor('the last line can be read', async () => {
    const { stdout } = await escale.must(['logs', '-n', '5'], system.folder);
    return stdout.includes('that was all of it') ? stdout : null;
  });
  assert.ok(logs.split('\n').length <= 6, logs);
  const kept = sizeOf(path.join(escale.home, 'logs', 'local', 'writes-100-mb'));
  assert.ok(kept > 0 && kept < 48e6, `${kept} bytes of log are kept`);
  const raw = await waitFor('the raw output was emptied', () => {
    const bytes = sizeOf(path.join(escale.home, 'supervisor', 'instances'));
    return bytes < 24e6 ? { bytes } : null;
  });
  assert.ok(raw.bytes < 24e6);
  assert.equal(await escale.body(system.host), 'relieved');
});
