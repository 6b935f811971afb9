import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptPlaces } from './script-places.ts';

const TEXT = `import { defineSystem } from 'escale';
// services: web: port
const port = 3;
export default defineSystem({
  name: 'demo',
  services: {
    web: { command: 'node x', port,
      env: { 'A-B': 1, "C": 2 },
    },
    api: {
      command: 'y',
    },
  },
  routes: { 'demo.localhost/api': 'web' },
});
`;

test('lines of a TypeScript file are found by their keys', () => {
  const { lineOf } = scriptPlaces(TEXT, 'x');
  const found: [string[], number | null][] = [
    [['name'], 5],
    [['services', 'web'], 7],
    [['services', 'web', 'port'], 7],
    [['services', 'web', 'env', 'A-B'], 8],
    [['services', 'web', 'env', 'C'], 8],
    [['services', 'api', 'command'], 11],
    [['services', 'api', 'uses', '0'], 10],
    [['routes', 'demo.localhost/api'], 14],
    [['rollout'], null],
    [[], null],
  ];
  for (const [path, line] of found) assert.equal(lineOf(path, 'key'), line, path.join('.'));
});
