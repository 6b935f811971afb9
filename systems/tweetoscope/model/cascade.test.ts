import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cascadeOf, countUntil, prefixOf, UNKNOWN_MARK, withUsableMarks } from './cascade.ts';

test('the root becomes time 0 and late rows are sorted in', () => {
  const cascade = cascadeOf([
    [100, 9],
    [130, 1],
    [110, 2],
  ]);
  assert.deepEqual([...cascade.times], [0, 10, 30]);
  assert.deepEqual([...cascade.marks], [9, 2, 1]);
});

test('no row, a time that is no number and one before the root are refused', () => {
  assert.throws(() => cascadeOf([]), /needs at least its root/);
  assert.throws(
    () =>
      cascadeOf([
        [0, 1],
        [Number.NaN, 1],
      ]),
    /must be a number/,
  );
  assert.throws(
    () =>
      cascadeOf([
        [5, 1],
        [4, 1],
      ]),
    /not before the root's 5, got 4/,
  );
});

test('the window includes its end, and the root always belongs to it', () => {
  const cascade = cascadeOf([
    [0, 1],
    [600, 1],
    [600, 1],
    [601, 1],
  ]);
  assert.equal(countUntil(cascade, 600), 3);
  assert.equal(prefixOf(cascade, 600).times.length, 3);
  assert.equal(prefixOf(cascade, -1).times.length, 1);
});

test('unknown followers get the usual number, zero counts as one, usable marks stay the same object', () => {
  const cascade = cascadeOf([
    [0, Number.NaN],
    [1, -3],
    [2, 0],
    [3, 7],
  ]);
  assert.deepEqual([...withUsableMarks(cascade).marks], [UNKNOWN_MARK, UNKNOWN_MARK, 1, 7]);
  const usable = cascadeOf([[0, 5]]);
  assert.equal(withUsableMarks(usable), usable);
});
