import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cascadeOf, type Prefix, prefixOf } from '../cascade.ts';
import { randomOf } from '../math/random.ts';
import { referenceCascade } from '../reference-cascade.ts';
import { logLikelihood } from './exponential.ts';

const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

test('the log-likelihood of the reference cascade is the one an independent program computes', () => {
  near(logLikelihood(referenceCascade(), { p: 0.02, beta: 1 / 3600 }), -1457.5526962462247, 1e-9);
});

test('the O(n) recursion equals the double sum of the definition', () => {
  const prefix = randomPrefix(300, 7);
  const parameters = { p: 0.011, beta: 1 / 900 };
  near(logLikelihood(prefix, parameters), byDefinition(prefix, parameters), 1e-8);
});

test('a hundred thousand events neither overflow nor underflow', () => {
  const prefix = randomPrefix(100_000, 3);
  assert.ok(Number.isFinite(logLikelihood(prefix, { p: 0.01, beta: 1 / 60 })));
  assert.ok(Number.isFinite(logLikelihood(prefix, { p: 0.01, beta: 1 / 864_000 })));
});

test('time in other units only shifts the log-likelihood by (n−1) ln of the unit', () => {
  const prefix = randomPrefix(200, 5);
  const hours = { ...prefix, times: prefix.times.map((t) => t / 3600), until: prefix.until / 3600 };
  const inSeconds = logLikelihood(prefix, { p: 0.01, beta: 1 / 1800 });
  near(logLikelihood(hours, { p: 0.01, beta: 2 }), inSeconds + 199 * Math.log(3600), 1e-7);
});

test('parameters outside of their domain are impossible', () => {
  const prefix = referenceCascade();
  assert.equal(logLikelihood(prefix, { p: 0, beta: 1 }), Number.NEGATIVE_INFINITY);
  assert.equal(logLikelihood(prefix, { p: 0.1, beta: -1 }), Number.NEGATIVE_INFINITY);
});

test('a root alone has the likelihood of no event: −p·m·(1 − e^{−βT})', () => {
  const alone = prefixOf(cascadeOf([[0, 1000]]), 600);
  near(logLikelihood(alone, { p: 0.01, beta: 1 / 600 }), -10 * (1 - Math.exp(-1)), 1e-12);
});

function randomPrefix(events: number, seed: number): Prefix {
  const random = randomOf(seed);
  const times = Float64Array.from({ length: events }, (_, i) => (i === 0 ? 0 : 1 + random() * 7000)).sort();
  return { times, marks: times.map(() => 1 + random() * 500), until: 7200 };
}

function byDefinition({ times, marks, until }: Prefix, { p, beta }: { p: number; beta: number }): number {
  let total = 0;
  for (let i = 1; i < times.length; i++) {
    let rate = 0;
    for (let j = 0; j < i; j++) rate += marks[j]! * Math.exp(-beta * (times[i]! - times[j]!));
    total += Math.log(p * beta * rate);
  }
  for (let i = 0; i < times.length; i++) total -= p * marks[i]! * (1 - Math.exp(-beta * (until - times[i]!)));
  return total;
}
