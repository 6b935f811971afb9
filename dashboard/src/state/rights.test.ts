import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Me } from '../api/types.ts';
import { mayChangeRun, mayIn, maySomewhere } from './rights.ts';

const me = (...grants: Me['grants']): Me => ({
  name: 'ada',
  kind: 'user',
  token: null,
  grants,
  expiresAt: null,
});
const viewer = me({ role: 'viewer', environment: '*' }, { role: 'deployer', environment: 'staging' });

test('a role holds where it was given, and includes those below', () => {
  assert.equal(mayIn(viewer, 'viewer', 'production'), true);
  assert.equal(mayIn(viewer, 'deployer', 'production'), false);
  assert.equal(mayIn(viewer, 'deployer', 'staging'), true);
  assert.equal(mayIn(viewer, 'admin', 'staging'), false);
  assert.equal(mayIn(me({ role: 'admin', environment: '*' }), 'deployer', 'anything'), true);
  assert.equal(maySomewhere(viewer, 'deployer'), true);
  assert.equal(maySomewhere(viewer, 'admin'), false);
});

test('a run is changed by who may deploy to all that it goes to; one that goes nowhere by any deployer', () => {
  assert.equal(mayChangeRun(viewer, ['staging']), true);
  assert.equal(mayChangeRun(viewer, ['staging', 'production']), false);
  assert.equal(mayChangeRun(viewer, []), true);
  assert.equal(mayChangeRun(me({ role: 'viewer', environment: '*' }), []), false);
});

test('nothing is offered to somebody who is not known yet', () => {
  assert.equal(mayIn(null, 'viewer', 'local'), false);
  assert.equal(maySomewhere(null, 'viewer'), false);
  assert.equal(mayChangeRun(null, []), false);
});
