import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { test } from 'node:test';
import { generatedFiles } from './generated.ts';

for (const { path, content } of await generatedFiles()) {
  test(`${relative('.', path)} is current (sh bin/with-runtime scripts/generate.ts)`, () => {
    assert.equal(readFileSync(path, 'utf8'), content);
  });
}
