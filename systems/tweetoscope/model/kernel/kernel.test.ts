import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Prefix } from '../cascade.ts';
import { randomOf } from '../math/random.ts';
import { longTailLogLikelihood, longTailSums, longTailSumsExact } from './long-tail-likelihood.ts';
import { delayAt, density, firstMoment, reached } from './seismic-kernel.ts';
import { tailExponentials } from './tail-exponentials.ts';

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

test('the kernel is a density: its integral is 1', () => {
  near(reached(Number.MAX_VALUE), 1, 1e-6);
});

test('Φ and Ψ are the integrals of φ and xφ', () => {
  for (const x of [10, 300, 301, 5000, 86_400]) {
    const steps = 200_000;
    let [area, moment] = [0, 0];
    for (let i = 0; i < steps; i++) {
      const at = ((i + 0.5) / steps) * x;
      area += (density(at) * x) / steps;
      moment += (at * density(at) * x) / steps;
    }
    near(reached(x), area, 1e-6);
    near(firstMoment(x) / moment, 1, 1e-5);
  }
});

test('delayAt is the inverse of Φ', () => {
  for (const share of [0, 0.05, 0.187, 0.5, 0.9, 0.99]) near(reached(delayAt(share)), share, 1e-6);
});

test('fifty exponentials follow the tail to 5e-7 over a month', () => {
  const { rates, weights } = tailExponentials();
  assert.ok(rates.length <= 50);
  for (let x = 300; x < 30 * 86_400; x *= 1.05) {
    const sum = rates.reduce((total, rate, k) => total + weights[k]! * Math.exp(-rate * x), 0);
    near(sum / density(x), 1, 5e-7);
  }
});

test('the likelihood in O(n) equals the one over all pairs, ties and events of the first minutes included', () => {
  const random = randomOf(2);
  for (const length of [600, 36_000, 604_800]) {
    const times = Float64Array.from({ length: 500 }, (_, i) =>
      i === 0 ? 0 : Math.floor(random() * length),
    ).sort();
    const prefix: Prefix = { times, marks: times.map(() => 1 + random() * 1000), until: length };
    const [fast, exact] = [longTailSums(prefix), longTailSumsExact(prefix)];
    near(fast.logSum / exact.logSum, 1, 1e-6);
    near(fast.exposure, exact.exposure, 1e-9);
    const best = 499 / fast.exposure;
    assert.ok(longTailLogLikelihood(fast, 499, best) > longTailLogLikelihood(fast, 499, best * 1.01));
  }
});
