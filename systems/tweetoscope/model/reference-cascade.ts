import { type Prefix, prefixOf } from './cascade.ts';
import { randomOf } from './math/random.ts';
import { exponentialDelay, simulate } from './simulate.ts';

/**
 * For tests: 227 events simulated with p = 0.025, β = 1/3600, α = 2.4, μ = 10, m₁ = 1000, seen up to the last one. The
 * expected numbers in the tests come from an independent program (tests/bench/tweetoscope-model/reference.py).
 */
export function referenceCascade(): Prefix {
  const truth = { p: 0.025, delay: exponentialDelay(1 / 3600), marks: { alpha: 2.4, mu: 10 }, root: 1000 };
  const cascade = simulate(truth, { horizon: 1e12, events: 100_000 }, randomOf(502));
  return prefixOf(cascade, cascade.times.at(-1)!);
}
