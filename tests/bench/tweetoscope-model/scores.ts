import {
  covers,
  crps,
  logWidth,
  mean,
  median,
  randomOf,
  relativeError,
} from '../../../systems/tweetoscope/model/index.ts';
import type { Trial } from './cross-validation.ts';

/** What the report says of a method at a window; averages over the fold seeds. */
export interface Score {
  readonly method: string;
  readonly window: number;
  readonly medianARE: number;
  readonly meanARE: number;
  /** Share of the cascades within their 90 % interval. */
  readonly coverage: number;
  /** Median of high/low. */
  readonly width: number;
  /** Mean CRPS over the size. */
  readonly crps: number;
  /** Mean ARE of each cascade over the fold seeds, for paired comparisons. */
  readonly errors: readonly number[];
  /** For each nominal level of the quantiles, the share of sizes at or below it. */
  readonly calibration: readonly number[];
}

/** Scores trials; one list of trials for each fold seed, all over the same cascades. */
export function scoreOf(method: string, window: number, runs: readonly (readonly Trial[])[]): Score {
  const errors = runs.map((trials) => trials.map(({ forecast, size }) => relativeError(forecast.size, size)));
  const all = runs.flat();
  return {
    method,
    window,
    medianARE: mean(errors.map(median)),
    meanARE: mean(errors.map(mean)),
    coverage: mean(all.map(({ forecast, size }) => (covers(forecast, size) ? 1 : 0))),
    width: Math.exp(median(all.map(({ forecast }) => logWidth(forecast)))),
    crps: mean(all.map(({ forecast, size }) => crps(forecast, size) / size)),
    errors: errors[0]!.map((_, i) => mean(errors.map((run) => run[i]!))),
    calibration: all[0]!.forecast.quantiles.map((_, q) =>
      mean(all.map(({ forecast, size }) => (size <= forecast.quantiles[q]! ? 1 : 0))),
    ),
  };
}

/** A difference with its 95 % bootstrap interval. */
export interface Difference {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const DRAWS = 4000;

/** Paired bootstrap over cascades of statistic(a) − statistic(b); the seed is fixed. */
export function pairedDifference(
  a: readonly number[],
  b: readonly number[],
  statistic: (values: ArrayLike<number>) => number,
): Difference {
  const random = randomOf(20261120);
  const draws = new Float64Array(DRAWS);
  for (let d = 0; d < DRAWS; d++) {
    const chosen = a.map(() => Math.floor(random() * a.length));
    draws[d] = statistic(chosen.map((i) => a[i]!)) - statistic(chosen.map((i) => b[i]!));
  }
  draws.sort();
  return { value: statistic(a) - statistic(b), low: draws[DRAWS * 0.025]!, high: draws[DRAWS * 0.975]! };
}
