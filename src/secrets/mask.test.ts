import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { Mask } from './mask.ts';

function maskOf(t: TestContext, values: { system: string | null; value: string }[]): Mask {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-mask-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'local.json'), '{}');
  const mask = new Mask();
  mask.refresh(folder, () => values);
  return mask;
}

test('values of a system and of all systems are hidden, wherever they stand', (t) => {
  const mask = maskOf(t, [
    { system: 'shop', value: 'hunter2' },
    { system: 'shop', value: 'hunter2-longer' },
    { system: null, value: 'shared$1' },
    { system: 'blog', value: 'of-blog' },
  ]);
  assert.equal(mask.hide('shop', 'a hunter2hunter2-longer shared$1 of-blog'), 'a •••••• ••• of-blog');
});

test('short values are not hidden; a value of several lines is in each', (t) => {
  const mask = maskOf(t, [
    { system: 'shop', value: 'abc' },
    { system: 'shop', value: '-----BEGIN-----\nsecret line\nx\n' },
  ]);
  assert.equal(mask.hide('shop', 'abc x'), 'abc x');
  assert.equal(mask.hide('shop', '> secret line <'), '> ••• <');
});

test('where the values can’t be read nothing is hidden, and nothing fails', (t) => {
  const mask = maskOf(t, []);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-mask-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mask.refresh(folder, () => {
    throw new Error('no key');
  });
  assert.equal(mask.hide('shop', 'text'), 'text');
});
