import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHistogram } from './histogram.ts';

test('percentiles are within 1 % above the true value', () => {
  const histogram = createHistogram();
  for (let ms = 1; ms <= 10_000; ms++) histogram.add(ms);
  const { p50, p90, p99, p999, max } = histogram.latency();
  for (const [found, exact] of [
    [p50, 5000],
    [p90, 9000],
    [p99, 9900],
    [p999, 9990],
  ] as const)
    assert.ok(found >= exact && found <= exact * 1.0101, `${found} for ${exact}`);
  assert.equal(max, 10_000);
});

test('without a value all is 0', () => {
  assert.deepEqual(createHistogram().latency(), { p50: 0, p90: 0, p99: 0, p999: 0, max: 0 });
});
