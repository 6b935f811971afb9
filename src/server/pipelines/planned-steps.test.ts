import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolvePipeline, type SystemFile } from '../../core/manifest/index.ts';
import { plannedSteps } from './planned-steps.ts';
import { stepKey } from './step-key.ts';

const model = (pipeline: SystemFile['pipeline'], more: Partial<SystemFile> = {}): SystemFile => ({
  ...{ name: 'shop', services: { web: { command: 'node a.js' } }, ...more },
  ...(pipeline && { pipeline }),
});

function planned(
  pipeline: SystemFile['pipeline'],
  how: { delivers: boolean; needsPackages: boolean },
): string[] {
  const steps = plannedSteps(resolvePipeline(model(pipeline)), { ...how, key: (name) => name });
  return steps.map(
    ({ name, needs, cacheKey }) => `${name}${cacheKey === null ? '' : '*'} <- ${needs.join(' ')}`,
  );
}

test('steps of a file stand between Escale’s own; `build` is never taken from a former run', () => {
  const file = { lint: 'a', test: 'b', build: 'c' };
  assert.deepEqual(planned(file, { delivers: true, needsPackages: true }), [
    'install <- checkout',
    'lint* <- install',
    'test* <- lint',
    'build <- lint test',
    'quality <- install lint test',
    'release <- install lint test build',
    'deploy <- release',
  ]);
});

test('where nothing is delivered nothing is built', () => {
  const file = {
    lint: { command: 'a', needs: [] },
    test: { command: 'b', needs: [] },
    build: 'c',
    quality: false,
  };
  assert.deepEqual(planned(file, { delivers: false, needsPackages: false }), [
    'lint* <- checkout',
    'test* <- checkout',
  ]);
});

test('a system without a pipeline is looked at and delivered', () => {
  assert.deepEqual(planned(undefined, { delivers: true, needsPackages: false }), [
    'quality <- checkout',
    'release <- checkout',
    'deploy <- release',
  ]);
});

const FILE = model(
  { test: { command: 'npm test', uses: ['db'] } },
  { resources: { db: { type: 'postgres' } } },
);
const [STEP] = resolvePipeline(FILE).steps;
const OF = { run: { folder: '.', fresh: false }, model: FILE, tree: 'aa', step: STEP!, trust: null };

const CHANGES: Record<string, Partial<typeof OF> | { trust: string }> = {
  'the files': { tree: 'bb' },
  'the command': { step: { ...STEP!, command: ['npm', 'run', 'x'] } },
  'the environment': { step: { ...STEP!, env: { A: '1' } } },
  'the folder of the system': { run: { folder: 'b', fresh: false } },
  'where its cache came from': { trust: 'branch-x' },
};

for (const [what, change] of Object.entries(CHANGES))
  test(`another key after a change of ${what}`, () =>
    assert.notEqual(stepKey({ ...OF, ...change }), stepKey(OF)));

test('the same key whatever its limits, and none where it can’t be said', () => {
  assert.equal(stepKey({ ...OF, step: { ...STEP!, timeoutMs: 1 } }), stepKey(OF));
  assert.equal(stepKey({ ...OF, tree: null }), null);
  assert.equal(stepKey({ ...OF, run: { folder: '.', fresh: true } }), null);
  const external = model(FILE.pipeline, {
    resources: { db: { type: 'postgres', external: 'postgres://a@b/c' } },
  });
  assert.equal(stepKey({ ...OF, model: external }), null);
});
