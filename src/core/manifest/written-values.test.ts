import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, parseDuration } from './duration.ts';
import { parseSource } from './folder.ts';
import { bindingVariable, toName } from './names.ts';
import { editDistance, nearest } from './nearest.ts';
import { environmentHost, parseRoute } from './route.ts';
import { parseSize } from './size.ts';

test('times are read in ms', () => {
  const written = [
    '500ms',
    '20s',
    '1.5m',
    '1h',
    '7d',
    '0s',
    '0.5ms',
    '20',
    's',
    '-1s',
    '1 s',
    '1e3s',
    '',
    '1S',
  ];
  const read = [500, 20_000, 90_000, 3_600_000, 604_800_000, 0, 1, null, null, null, null, null, null, null];
  assert.deepEqual(written.map(parseDuration), read);
});

test('times are written in the largest unit that is exact', () => {
  assert.deepEqual([0, 1, 1000, 1500, 60_000, 90_000, 3_600_000, 86_400_000].map(formatDuration), [
    '0ms',
    '1ms',
    '1s',
    '1500ms',
    '1m',
    '90s',
    '1h',
    '1d',
  ]);
});

test('sizes are read in bytes', () => {
  const written = ['1B', '1kB', '512MB', '1GiB', '1.5KiB', '1TB', '512M', '512', '1 GB', '-1MB', '1gb', ''];
  const read = [1, 1000, 512e6, 2 ** 30, 1536, 1e12, null, null, null, null, null, null];
  assert.deepEqual(written.map(parseSize), read);
});

test('the nearest name is found, or none', () => {
  const names = ['replicas', 'port', 'uses', 'health', 'command'];
  assert.deepEqual(
    ['replica', 'prot', 'use', 'Health', 'comand', 'REPLICAS', 'zzz', '', 'x'.repeat(100)].map((word) =>
      nearest(word, names),
    ),
    ['replicas', 'port', 'uses', 'health', 'command', 'replicas', null, null, null],
  );
});

test('the distance counts letters inserted, deleted, replaced and swapped', () => {
  const pairs: [string, string, number][] = [
    ['', '', 0],
    ['a', '', 1],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
  ];
  for (const [a, b, distance] of pairs) assert.equal(editDistance(a, b), distance, `${a} ${b}`);
});

test('names are made of folder names', () => {
  const folders = [
    'tasks',
    'My App',
    'Café à côté',
    '2048-game',
    '__x__',
    '日本',
    '-',
    'a'.repeat(60),
    'x_1.2',
  ];
  const names = ['tasks', 'my-app', 'cafe-a-cote', 'game', 'x', null, null, 'a'.repeat(40), 'x-1-2'];
  assert.deepEqual(folders.map(toName), names);
});

test('variables of used services', () => {
  assert.deepEqual(['api', 'user-api', 'images/api'].map(bindingVariable), [
    'API_URL',
    'USER_API_URL',
    'IMAGES_API_URL',
  ]);
});

test('sources are made plain', () => {
  const written = ['.', './', './web', 'web/', 'a//b', 'a/./b/../c', 'a/..'];
  const plain = ['.', '.', 'web', 'web', 'a/b', 'a/c', '.'];
  assert.deepEqual(
    written.map((text) => parseSource(text)),
    plain.map((source) => ({ source })),
  );
});

test('routes are taken apart', () => {
  assert.deepEqual(parseRoute('Tasks.localhost'), { host: 'tasks.localhost', prefix: '/' });
  assert.deepEqual(parseRoute('tasks.localhost/'), { host: 'tasks.localhost', prefix: '/' });
  assert.deepEqual(parseRoute('*.example.org/Api/v1.0/'), { host: '*.example.org', prefix: '/Api/v1.0' });
  assert.deepEqual(parseRoute('127.0.0.1/x'), { host: '127.0.0.1', prefix: '/x' });
});

test('an environment has hosts of its own', () => {
  assert.equal(environmentHost('a.localhost', 'local', undefined), 'a.localhost');
  assert.equal(environmentHost('a.localhost', 'staging', undefined), 'staging.a.localhost');
  assert.equal(environmentHost('*.example.org', 'staging', undefined), '*.staging.example.org');
  assert.equal(environmentHost('a.localhost', 'staging', 'a.example.org'), 'a.example.org');
});
