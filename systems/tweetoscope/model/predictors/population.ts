import type { Cascade } from '../cascade.ts';
import { normal, randomOf } from '../math/random.ts';
import { longTailDelay, simulate } from '../simulate.ts';

/**
 * For tests and the bench: cascades with log-normal followers, a long-tailed kernel and an infectiousness of their own,
 * over 7 days; times in whole seconds, so that ties are common.
 */
export function population(count: number, seed: number, rootMedian = 60_000): Cascade[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => {
    const p = 0.0008 * Math.exp(0.4 * normal(random));
    const root = Math.round(rootMedian * Math.exp(1.2 * normal(random)));
    const marks = () => Math.round(182 * Math.exp(1.3 * normal(random)));
    const truth = { p, root, marks, delay: longTailDelay() };
    const { times, marks: drawn } = simulate(truth, { horizon: 604_800, events: 20_000 }, random);
    return { times: times.map(Math.floor), marks: drawn };
  });
}
