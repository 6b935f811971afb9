import { type Forecast, QUANTILE_LEVELS } from './forecast.ts';
import { held, mostSize } from './forecast-of.ts';
import type { ResidualLaw } from './residual-law.ts';

/** Futures of similar training cascades: y = ln(1 + events to come), each with its weight; the weights sum to 1. */
export interface Futures {
  readonly targets: Float64Array;
  readonly weights: Float64Array;
}

/** What a mixed forecast is made of; `share` (0 … 1) is the part of the similar cascades' futures in the law. */
export interface MixedOutlook {
  readonly seen: number;
  readonly ahead: number;
  readonly law: ResidualLaw;
  readonly futures: Futures;
  readonly share: number;
  readonly level: number;
  /** Whether training has shown cascades like this one; see mostSize. */
  readonly known?: boolean;
}

/**
 * The forecast of a law mixed of two: the model's answer with its out-of-sample errors (1 − share), and what became of
 * similar cascades (share), whose spread is the cascade's own. The size has the least expected relative error.
 */
export function mixedForecast(outlook: MixedOutlook): Forecast {
  const { seen, level, law, known = false } = outlook;
  const sizes = sizeLaw(outlook);
  const tail = Math.max(0, (1 - level) / 2 - 0.5 / law.residuals.length);
  const [low, high] = [quantile(sizes, tail), quantile(sizes, 1 - tail)];
  const relative = {
    sizes: sizes.sizes,
    weights: sizes.weights.map((weight, i) => weight / sizes.sizes[i]!),
  };
  const best = Math.min(mostSize(known ? low : seen), high, Math.max(low, quantile(relative, 0.5)));
  const quantiles = QUANTILE_LEVELS.map((q) => quantile(sizes, q));
  return { size: best, low: Math.min(low, best), high, level, quantiles, basis: 'trained' };
}

/** Sizes in ascending order with their weights. */
interface SizeLaw {
  readonly sizes: Float64Array;
  readonly weights: Float64Array;
}

function sizeLaw({ seen, ahead, law, futures, share }: MixedOutlook): SizeLaw {
  const own = Math.log1p(held(ahead));
  const count = law.residuals.length;
  const pairs: [size: number, weight: number][] = [];
  for (const residual of law.residuals)
    pairs.push([seen + held(Math.expm1(own + residual)), (1 - share) / count]);
  for (const [i, weight] of futures.weights.entries()) {
    if (weight > 0) pairs.push([seen + held(Math.expm1(futures.targets[i]!)), share * weight]);
  }
  pairs.sort((a, b) => a[0] - b[0]);
  return {
    sizes: Float64Array.from(pairs, ([size]) => size),
    weights: Float64Array.from(pairs, ([, w]) => w),
  };
}

/** The least size up to which a share `q` of the weights lies. */
function quantile({ sizes, weights }: SizeLaw, q: number): number {
  let left = q * weights.reduce((sum, weight) => sum + weight, 0) - 1e-12;
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left <= 0) return sizes[i]!;
  }
  return sizes.at(-1)!;
}
