import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { readManifest } from './manifest.ts';

function logOf(start: string, end: string, timeline = 1): string[] {
  const text = `{"Files": [], "WAL-Ranges": [{ "Timeline": ${timeline}, "Start-LSN": "${start}", "End-LSN": "${end}" }],\n`;
  const checksum = createHash('sha256').update(text).digest('hex');
  return readManifest(`${text}"Manifest-Checksum": "${checksum}"}\n`).log;
}

test('files of the log from start to end, 16 MiB each', () => {
  assert.deepEqual(logOf('0/2000028', '0/2000120'), ['pg_wal/000000010000000000000002']);
  assert.deepEqual(logOf('0/FF000028', '1/1000000', 3), [
    'pg_wal/0000000300000000000000FF',
    'pg_wal/000000030000000100000000',
  ]);
  assert.deepEqual(logOf('A/FE000028', 'B/00000001').length, 3);
});
