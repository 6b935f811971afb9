import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Prefix, prefixOf } from '../cascade.ts';
import { longTailSums, longTailSumsExact } from '../kernel/long-tail-likelihood.ts';
import { randomOf } from '../math/random.ts';
import { referenceCascade } from '../reference-cascade.ts';
import { exponentialDelay, simulate } from '../simulate.ts';
import { logLikelihood } from './exponential.ts';
import { fitMap, fitMle, reportBounds } from './fit.ts';
import { outlook } from './forecast.ts';
import { logNormalPrior, logPrior, REPORT_PRIOR } from './prior.ts';
import { standardErrors } from './standard-error.ts';

const BOUNDS = reportBounds(35);

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

test('the maximum likelihood of the reference cascade is the one scipy finds', () => {
  const fit = fitMle(referenceCascade(), BOUNDS);
  near(fit.p, 0.0254940305, 1e-9);
  near(fit.beta, 0.00021458854, 1e-10);
  near(fit.objective, -1449.8793552537, 1e-8);
});

test('the MAP of the reference cascade is the one scipy finds', () => {
  const fit = fitMap(referenceCascade(), BOUNDS);
  near(fit.p, 0.0252143779, 1e-9);
  near(fit.beta, 0.0002112606, 1e-10);
  near(fit.objective, -1450.9458637833, 1e-8);
});

test('the prior accounts for the published objective: MAP −1543.5887 at (0.0269061, 0.00026925) lies just under MLE −1542.1465', () => {
  const term = logPrior(logNormalPrior(REPORT_PRIOR), Math.log(0.0269061), Math.log(0.00026925));
  const likelihoodAtMap = -1543.5887 - term;
  assert.ok(likelihoodAtMap < -1542.1465 && likelihoodAtMap > -1542.2, String(likelihoodAtMap));
});

test('an objective is what its parameters give', () => {
  const prefix = referenceCascade();
  const mle = fitMle(prefix, BOUNDS);
  near(mle.objective, logLikelihood(prefix, mle), 1e-9);
});

test('true parameters lie within their standard errors as often as they should', () => {
  const truth = { p: 0.02, beta: 1 / 1800 };
  let within = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const prefix = simulated(truth, seed);
    const fit = fitMle(prefix, BOUNDS);
    const error = standardErrors(prefix, fit);
    const z = [Math.log(fit.p / truth.p) / error.logP, Math.log(fit.beta / truth.beta) / error.logBeta];
    within += z.filter((value) => Math.abs(value) <= 1.96).length;
  }
  assert.ok(
    within >= 182 && within <= 198,
    `${within} of 200 within 1.96 standard errors, expected about 190`,
  );
});

test('a supercritical cascade ends at the bound, and its forecast is finite', () => {
  const times = Float64Array.from({ length: 400 }, (_, i) => 60 * Math.log1p(i));
  const prefix = { times, marks: times.map(() => 10), until: times.at(-1)! };
  const fit = fitMle(prefix, BOUNDS);
  assert.equal(fit.p, BOUNDS.p[1]);
  assert.ok(Number.isFinite(outlook(prefix, fit, 35).size));
});

test('ties, a root alone, unknown and zero followers give finite fits', () => {
  const odd: Prefix[] = [
    { times: Float64Array.of(0, 0, 0, 5, 5, 5), marks: Float64Array.of(10, 0, 3, 1, 2, 0), until: 600 },
    { times: Float64Array.of(0), marks: Float64Array.of(578_095), until: 600 },
    { times: Float64Array.of(0, 9, 9), marks: Float64Array.of(Number.NaN, -1, Number.NaN), until: 9 },
  ];
  for (const prefix of odd) {
    for (const fit of [fitMle(prefix, BOUNDS), fitMap(prefix, BOUNDS)]) {
      assert.ok(Number.isFinite(fit.objective) && fit.p > 0 && fit.beta > 0, JSON.stringify(fit));
      assert.ok(outlook(prefix, fit, 35).size >= prefix.times.length);
    }
  }
});

function simulated({ p, beta }: { p: number; beta: number }, seed: number): Prefix {
  const truth = { p, delay: exponentialDelay(beta), marks: { alpha: 2.4, mu: 10 }, root: 20_000 };
  return prefixOf(simulate(truth, { horizon: 3600, events: 1e6 }, randomOf(seed)), 3600);
}

test('shuffled ties change no likelihood and no fit', () => {
  const random = randomOf(12);
  const times = Float64Array.from({ length: 200 }, (_, i) => (i === 0 ? 0 : Math.ceil(random() * 40))).sort();
  const marks = times.map(() => 1 + 5000 * random() ** 8);
  const prefix = { times, marks, until: 60 };
  const shuffledPrefix = { times, marks: marks.slice(), until: 60 };
  for (let start = 1, end = 1; start < 200; start = end) {
    while (end < 200 && times[end] === times[start]) end++;
    shuffledPrefix.marks.subarray(start, end).reverse();
  }
  for (const fit of [fitMle, fitMap]) {
    const [one, other] = [fit(prefix, BOUNDS), fit(shuffledPrefix, BOUNDS)];
    assert.deepEqual(one, other);
    assert.deepEqual(outlook(prefix, one, 35), outlook(shuffledPrefix, other, 35));
    assert.equal(logLikelihood(prefix, one), logLikelihood(shuffledPrefix, one));
    assert.deepEqual(standardErrors(prefix, one), standardErrors(shuffledPrefix, one));
  }
  assert.deepEqual(longTailSums(prefix), longTailSums(shuffledPrefix));
  assert.deepEqual(longTailSumsExact(prefix), longTailSumsExact(shuffledPrefix));
});
