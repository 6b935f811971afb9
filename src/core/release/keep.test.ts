import assert from 'node:assert/strict';
import { test } from 'node:test';
import { releasesToForget } from './keep.ts';

const NONE = { inUse: [], taken: [] };

test('the newest are kept, and whatever runs or would be returned to', () => {
  const numbers = [9, 8, 7, 6, 5, 4, 3, 2, 1];
  assert.deepEqual(releasesToForget(numbers, 3, NONE), [6, 5, 4, 3, 2, 1]);
  assert.deepEqual(
    releasesToForget(numbers, 3, {
      inUse: [2],
      taken: [
        [9, 5],
        [2, 1],
      ],
    }),
    [6, 4, 3],
  );
  assert.deepEqual(releasesToForget(numbers, 100, NONE), []);
  assert.deepEqual(releasesToForget([], 3, NONE), []);
});

test('a way back that is gone already is not counted: the one before it is', () => {
  assert.deepEqual(releasesToForget([5, 4, 2, 1], 1, { inUse: [5], taken: [[5, 3, 2, 1]] }), [4, 1]);
});
