import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { resolveSystem, type SystemFile } from '../manifest/index.ts';
import { canonical, changedServices, type ReleaseContent, sameRelease } from './release.ts';

const CONTENT: ReleaseContent = {
  commit: 'a'.repeat(40),
  dev: false,
  model: { name: 'shop', services: { web: { command: 'node server.ts', port: true } } },
  artifacts: { web: '1', api: '2' },
};

const COMPARED: [string, Partial<ReleaseContent>, boolean][] = [
  ['nothing', {}, true],
  ['a commit that changed nothing delivered', { commit: 'b'.repeat(40) }, true],
  ['the order of keys', { artifacts: { api: '2', web: '1' } }, true],
  ['a dev tree', { dev: true }, false],
  ['an artifact', { artifacts: { web: '1', api: '3' } }, false],
  ['a service less', { artifacts: { web: '1' } }, false],
  ['the file', { model: { name: 'shop', services: {} } }, false],
];

for (const [what, other, same] of COMPARED)
  test(`releases that differ by ${what} are ${same ? 'the same' : 'two'}`, () => {
    assert.equal(sameRelease(CONTENT, { ...CONTENT, ...other }), same);
    assert.equal(sameRelease({ ...CONTENT, ...other }, CONTENT), same);
  });

function side(services: SystemFile['services'], artifacts: Record<string, string>) {
  return { system: resolveSystem({ name: 'shop', services }), artifacts };
}

const WEB = { command: 'node server.ts', port: true as const };

const CHANGES: [string, SystemFile['services'], Record<string, string>, string[]][] = [
  ['nothing', { web: WEB, api: WEB }, { web: '1', api: '1' }, []],
  ['an artifact', { web: WEB, api: WEB }, { web: '2', api: '1' }, ['web']],
  ['the number', { web: { ...WEB, replicas: 5 }, api: WEB }, { web: '1', api: '1' }, []],
  ['a variable', { web: { ...WEB, env: { A: '1' } }, api: WEB }, { web: '1', api: '1' }, ['web']],
  ['a deadline', { web: WEB, api: { ...WEB, stop: { drain: '5s' } } }, { web: '1', api: '1' }, ['api']],
  ['a default said aloud', { web: { ...WEB, stop: { drain: '30s' } }, api: WEB }, { web: '1', api: '1' }, []],
  [
    'a service more',
    { web: WEB, api: WEB, constructor: WEB },
    { web: '1', api: '1', constructor: '1' },
    ['constructor'],
  ],
  ['a service less', { web: WEB }, { web: '1' }, []],
];

for (const [what, services, artifacts, expected] of CHANGES)
  test(`what must be replaced after a change of ${what}`, () => {
    const before = side({ web: WEB, api: WEB }, { web: '1', api: '1' });
    assert.deepEqual(changedServices(before, side(services, artifacts)), expected);
  });

test('canonical sorts keys at every depth and leaves lists as they are', () => {
  assert.equal(
    canonical({ b: [{ d: 1, c: null }, 2], a: { z: 'x', y: true } }),
    '{"a":{"y":true,"z":"x"},"b":[{"c":null,"d":1},2]}',
  );
});

test('property: canonical text is equal exactly where data is', () => {
  const shuffled = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, inner]) => [key, shuffled(inner)]),
        )
      : value;
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(canonical(shuffled(value)), canonical(value));
      assert.deepEqual(JSON.parse(canonical(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});
