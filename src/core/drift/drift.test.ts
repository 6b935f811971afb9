import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSystem } from '../manifest/index.ts';
import { type DriftFacts, driftOf } from './index.ts';

const SYSTEM = resolveSystem({
  name: 'shop',
  services: {
    web: { command: 'node w.ts', replicas: 2, env: { KEY: 'x ${secret.KEY}' } },
    constructor: { command: 'node c.ts' },
  },
});
const AS_IT_SHOULD: DriftFacts = {
  ...{ system: SYSTEM, artifacts: { web: 'a', constructor: 'b' }, counts: { web: 2, constructor: 1 } },
  ...{ used: { KEY: 1 }, newest: { KEY: 1 }, changedArtifacts: new Set<string>() },
};
const drift = (facts: Partial<DriftFacts>) =>
  driftOf({ ...AS_IT_SHOULD, ...facts }).map(({ kind, service }) => `${kind} ${service}`.trim());

test('what differs from the release is named, part by part', () => {
  assert.deepEqual(drift({}), []);
  assert.deepEqual(drift({ counts: { web: 5, constructor: 1 } }), ['number web']);
  assert.deepEqual(drift({ counts: { web: 2 } }), ['number constructor']);
  assert.deepEqual(drift({ newest: { KEY: 2 } }), ['secret web']);
  assert.deepEqual(drift({ newest: {} }), []);
  assert.deepEqual(drift({ changedArtifacts: new Set(['b']) }), ['files constructor']);
});
