import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

const SYSTEMS = path.join(import.meta.dirname, '..', '..', 'systems');

/** They are workspaces of this repository: their packages come from its one lock file. */
for (const system of ['hello', 'tasks'])
  test(`the pipeline of ${system} succeeds as it is shipped`, async (t) => {
    const escale = await startEscale(t);
    const { output } = await escale.must(['pipeline', path.join(SYSTEMS, system), '--step', 'test']);
    assert.match(output, /✓ install/);
    assert.match(output, /✓ test .* \(\d+ passed/);
    assert.match(output, /pipeline run 1 succeeded/);
  });
