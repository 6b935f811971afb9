import assert from 'node:assert/strict';
import { test } from 'node:test';
import { covers, crps, logWidth, mean, median, relativeError } from './metrics.ts';
import { type Forecast, QUANTILE_LEVELS } from './predictors/forecast.ts';

const forecast = (quantiles: number[]): Forecast => ({
  size: 20,
  low: 10,
  high: 40,
  level: 0.9,
  quantiles,
  basis: 'trained',
});

test('errors, coverage and width', () => {
  const f = forecast(QUANTILE_LEVELS.map(() => 20));
  assert.equal(relativeError(30, 20), 0.5);
  assert.deepEqual(
    [9, 10, 40, 41].map((size) => covers(f, size)),
    [false, true, true, false],
  );
  assert.equal(logWidth(f), Math.log(4));
});

test('the CRPS of a point is its absolute error, and a sharper right law scores better', () => {
  assert.ok(Math.abs(crps(forecast(QUANTILE_LEVELS.map(() => 25)), 20) - 5) < 1e-9);
  const around = (width: number) => forecast(QUANTILE_LEVELS.map((q) => 20 + width * (q - 0.5)));
  assert.ok(crps(around(5), 20) < crps(around(20), 20));
});

test('mean and median', () => {
  assert.equal(mean([1, 2, 6]), 3);
  assert.equal(median([6, 1, 2]), 2);
  assert.equal(median([1, 2, 3, 10]), 2.5);
});
