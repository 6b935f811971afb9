import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { InstanceRecords, type StoredInstance } from './records.ts';
import { temporary } from './testing/folder.ts';

const STORED: StoredInstance = {
  record: {
    ...{ id: 'shop-web-a', system: 'shop', environment: 'local', service: 'web' },
    ...{ role: 'service', run: null, release: 1, rollout: 2, port: 20_001, startedAt: 5, pid: 4711 },
  },
  launch: {
    command: ['node', 'server.ts'],
    artifact: '/artifacts/a',
    limits: { memoryBytes: null, cpu: null, processes: null, diskBytes: null },
    dataFolder: null,
    stopSignal: 'SIGTERM',
  },
  identity: { bootId: 'b', pid: 4711, startTime: '99' },
};

test('what is written down is read again, and removed with all that stands beside it', (t) => {
  const folder = path.join(temporary(t), 'instances');
  const records = new InstanceRecords(folder);
  records.write({ ...STORED, identity: null });
  records.write(STORED);
  assert.deepEqual(new InstanceRecords(folder).readAll(), [STORED]);
  writeFileSync(path.join(records.folderOf('shop-web-a'), 'out'), 'text');
  records.remove('shop-web-a');
  records.remove('shop-web-a');
  assert.deepEqual(readdirSync(folder), []);
});

test('a folder without a whole record is cleared away: nothing was spawned from it', (t) => {
  const folder = temporary(t);
  const records = new InstanceRecords(folder);
  records.write(STORED);
  mkdirSync(records.folderOf('empty'));
  mkdirSync(records.folderOf('half'));
  writeFileSync(path.join(records.folderOf('half'), 'record.json'), '{"record":');
  assert.deepEqual(records.readAll(), [STORED]);
  assert.deepEqual(readdirSync(folder), ['shop-web-a']);
});

test('a file that somebody left in the folder of instances is no instance', (t) => {
  const folder = temporary(t);
  writeFileSync(path.join(folder, 'a-file'), '');
  assert.deepEqual(new InstanceRecords(folder).readAll(), []);
});

test('no value of an environment is written down', (t) => {
  const records = new InstanceRecords(temporary(t));
  records.write(STORED);
  const text = readFileSync(path.join(records.folderOf('shop-web-a'), 'record.json'), 'utf8');
  assert.deepEqual(Object.keys(JSON.parse(text).launch), [
    'command',
    'artifact',
    'limits',
    'dataFolder',
    'stopSignal',
  ]);
});
