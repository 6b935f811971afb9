import assert from 'node:assert/strict';
import { readdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporary, writeTree } from '../testing/tree.ts';
import { pruneOnceADay } from './prune.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');

/** Ages in hours. */
const FILES: Record<string, number> = {
  'blobs/sha256/used': 1,
  'blobs/sha256/month': 24 * 29,
  'blobs/sha256/old': 24 * 31,
  'blobs/sha256/4711.x.draft': 2,
  'blobs/sha256/4712.x.draft': 0,
  'layers/old.json': 24 * 31,
  'layers/node-x/node': 2,
};

function age(folder: string): void {
  for (const [name, hours] of Object.entries(FILES)) {
    const seconds = NOW / 1000 - hours * 3600;
    utimesSync(path.join(folder, name), seconds, seconds);
  }
  utimesSync(path.join(folder, 'layers/node-x'), NOW / 1000 - 7200, NOW / 1000 - 7200);
}

test('what nobody needed for a month goes, and what was begun and left; once a day', (t) => {
  const folder = writeTree(temporary(t), Object.fromEntries(Object.keys(FILES).map((name) => [name, ''])));
  age(folder);
  pruneOnceADay(folder, NOW);
  const left = () => readdirSync(path.join(folder, 'blobs/sha256')).sort();
  assert.deepEqual(left(), ['4712.x.draft', 'month', 'used']);
  assert.deepEqual(readdirSync(path.join(folder, 'layers')), []);
  utimesSync(path.join(folder, 'pruned'), NOW / 1000, NOW / 1000);
  writeTree(folder, { 'blobs/sha256/old': '' });
  utimesSync(path.join(folder, 'blobs/sha256/old'), 1, 1);
  pruneOnceADay(folder, NOW + 3_600_000);
  assert.ok(left().includes('old'));
  pruneOnceADay(folder, NOW + 25 * 3_600_000);
  assert.ok(!left().includes('old'));
});

test('nothing is there yet', (t) => {
  pruneOnceADay(temporary(t), NOW);
});
