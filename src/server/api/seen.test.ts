import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Grant, Principal } from '../../core/access/index.ts';
import { seenBy } from './seen.ts';
import type { Overview } from './types.ts';

const overview = {
  ...{
    at: 1,
    host: {},
    systems: [
      { environment: 'staging', target: 'one' },
      { environment: 'production', target: 'two' },
    ],
  },
  targets: [{ name: 'one' }, { name: 'two' }, { name: 'three' }],
  events: [{ environment: 'staging' }, { environment: '' }],
  pipelines: [
    { environments: ['staging', 'production'] },
    { environments: ['production'] },
    { environments: [] },
  ],
  approvals: [{ environment: 'staging' }, { environment: 'production' }],
} as unknown as Overview;

function countsFor(...grants: Grant[]): number[] {
  const principal: Principal = { name: 'ada', kind: 'user', grants };
  const { systems, targets, events, pipelines, approvals } = seenBy(principal, overview);
  return [systems, targets, events, pipelines, approvals].map(({ length }) => length);
}

test('of environments that somebody may not look into, a picture shows nothing', () => {
  assert.deepEqual(countsFor({ role: 'viewer', environment: '*' }), [2, 3, 2, 3, 2]);
  assert.deepEqual(countsFor({ role: 'admin', environment: 'staging' }), [1, 1, 1, 2, 1]);
  assert.deepEqual(countsFor({ role: 'viewer', environment: 'other' }), [0, 0, 0, 1, 0]);
  assert.deepEqual(countsFor(), [0, 0, 0, 0, 0]);
});
