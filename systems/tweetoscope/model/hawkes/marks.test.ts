import assert from 'node:assert/strict';
import { test } from 'node:test';
import { powerLaw, randomOf } from '../math/random.ts';
import { fitMarkExponent, meanMark, REPORT_MARKS, shrunkMeanMark } from './marks.ts';

test('the report has marks of mean 35; from an exponent of 2 down the mean is infinite', () => {
  assert.ok(Math.abs(meanMark(REPORT_MARKS) - 35) < 1e-9);
  assert.equal(meanMark({ alpha: 2, mu: 10 }), Number.POSITIVE_INFINITY);
});

test('the exponent of simulated marks is recovered within three standard errors', () => {
  const random = randomOf(4);
  const marks = Float64Array.from({ length: 5000 }, () => powerLaw(random, 2.4, 10));
  const { alpha, standardError } = fitMarkExponent(marks, 10);
  assert.ok(Math.abs(alpha - 2.4) < 3 * standardError, `${alpha} ± ${standardError}`);
});

test('no mark above μ: the exponent is unknown', () => {
  assert.ok(Number.isNaN(fitMarkExponent(Float64Array.of(1, 2), 10).alpha));
});

test('the shrunk mean leaves the root out and holds one huge retweeter back', () => {
  const marks = Float64Array.of(5_000_000, 100, 100, 100);
  assert.equal(shrunkMeanMark(marks), (841 * 20 + 300) / 23);
  assert.ok(shrunkMeanMark(Float64Array.of(1, 9e6)) < 2000);
});
