import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normal, randomOf } from '../math/random.ts';
import { forecastOf } from './forecast-of.ts';
import { mixedForecast } from './mixed-law.ts';
import { residualAt, residualLaw } from './residual-law.ts';

test('ranks are those of split conformal prediction', () => {
  const law = residualLaw(Array.from({ length: 99 }, (_, i) => i + 1));
  assert.equal(residualAt(law, 0.95), 95);
  assert.equal(residualAt(law, 0.05), 5);
  assert.equal(residualAt(law, 0.5), 50);
});

test('a new residual falls within the interval as often as it should, for few and for many examples', () => {
  const random = randomOf(6);
  for (const count of [30, 200]) {
    let within = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const law = residualLaw(Array.from({ length: count }, () => normal(random)));
      const fresh = normal(random);
      if (fresh >= residualAt(law, 0.05) && fresh <= residualAt(law, 0.95)) within++;
    }
    assert.ok(within >= 1780, `${within} of 2000 with ${count} examples`);
    assert.ok(within <= 1920, `${within} of 2000 with ${count} examples`);
  }
});

test('too few residuals give the plain law, thousands are thinned without moving the quantiles', () => {
  assert.equal(residualLaw([1, 2]).residuals.length, 11);
  const thin = residualLaw(Array.from({ length: 20_000 }, (_, i) => i / 20_000));
  assert.equal(thin.residuals.length, 999);
  assert.ok(Math.abs(residualAt(thin, 0.95) - 0.95) < 0.002);
});

test('the size has the least mean relative error under the law', () => {
  const law = residualLaw([-2, -1, -0.5, 0, 0.3, 0.8, 1.5]);
  const outlook = { seen: 100, ahead: 900, law, level: 0.9, trained: true } as const;
  const { size } = forecastOf({ ...outlook, rule: 'least relative error' });
  const sizes = Array.from(law.residuals, (r) => 100 + Math.expm1(Math.log1p(900) + r));
  const expected = (guess: number) => sizes.reduce((sum, n) => sum + Math.abs(guess - n) / n, 0);
  for (let guess = 110; guess < 4000; guess += 10)
    assert.ok(expected(size) <= expected(guess) + 1e-9, `${guess}`);
});

test('the futures of similar cascades pull the forecast with their share', () => {
  const futures = { targets: Float64Array.of(Math.log1p(50)), weights: Float64Array.of(1) };
  const outlook = {
    seen: 100,
    ahead: 5000,
    law: residualLaw([-0.2, -0.1, 0, 0.1, 0.2]),
    futures,
    level: 0.9,
  };
  assert.ok(Math.abs(mixedForecast({ ...outlook, share: 1 }).size - 150) < 1e-6);
  const mixed = mixedForecast({ ...outlook, share: 0.3 });
  assert.ok(Math.abs(mixed.low - 150) < 1e-6 && mixed.high > 5000);
});
