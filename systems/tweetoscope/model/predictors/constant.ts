import type { PointMethod, PointModel } from './point-method.ts';

/** Every cascade becomes as large as the median training cascade. */
export const constant: PointMethod = {
  name: 'constant',
  rule: 'own answer',
  needsEvents: false,
  fewestSamples: 1,
  train(samples) {
    const sizes = Float64Array.from(samples, ({ size }) => size).sort();
    const without = (i: number) => medianWithout(sizes, sizes.indexOf(samples[i]!.size));
    const outOfSample = samples.map(({ view }, i) => Math.max(0, without(i) - view.size));
    return { model: constantModel(medianWithout(sizes, -1)), outOfSample };
  },
  restore: (json) => constantModel((json as { median: number }).median),
  untrained: () => ({ ahead: ({ size }) => size, toJSON: () => null }),
};

function constantModel(median: number): PointModel {
  return { ahead: ({ size }) => Math.max(0, median - size), toJSON: () => ({ median }) };
}

/** The median of ascending values, one of them left out (−1: none; the only one is never left out). */
function medianWithout(sorted: Float64Array, left: number): number {
  const kept = left >= 0 && sorted.length > 1 ? sorted.filter((_, i) => i !== left) : sorted;
  return (kept[(kept.length - 1) >> 1]! + kept[kept.length >> 1]!) / 2;
}
