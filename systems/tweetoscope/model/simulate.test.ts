import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomOf } from './math/random.ts';
import { exponentialDelay, longTailDelay, simulate } from './simulate.ts';

const TRUTH = { p: 0.02, delay: exponentialDelay(1 / 600), marks: { alpha: 2.4, mu: 10 }, root: 1000 };

test('the same seed gives the same cascade', () => {
  const limits = { horizon: 1e9, events: 1e5 };
  assert.deepEqual(simulate(TRUTH, limits, randomOf(1)), simulate(TRUTH, limits, randomOf(1)));
});

test('the mean size is 1 + p·m₁/(1 − n*)', () => {
  const marks = () => 25;
  const sizes = Array.from(
    { length: 2000 },
    (_, seed) => simulate({ ...TRUTH, marks }, { horizon: 1e12, events: 1e6 }, randomOf(seed)).times.length,
  );
  const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  assert.ok(Math.abs(mean - 41) < 1.2, `${mean}, expected 1 + 20/(1 − 0.5) = 41`);
});

test('horizon and number of events are kept, times ascend from 0', () => {
  const cascade = simulate(
    { ...TRUTH, p: 0.1, delay: longTailDelay() },
    { horizon: 3600, events: 500 },
    randomOf(2),
  );
  assert.equal(cascade.times.length, 500);
  assert.equal(cascade.times[0], 0);
  for (let i = 1; i < 500; i++)
    assert.ok(cascade.times[i]! >= cascade.times[i - 1]! && cascade.times[i]! <= 3600);
});
