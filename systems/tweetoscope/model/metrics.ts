import { type Forecast, QUANTILE_LEVELS } from './predictors/forecast.ts';

/** Absolute relative error |N̂ − N|/N. */
export function relativeError(predicted: number, size: number): number {
  return Math.abs(predicted - size) / size;
}

/** Whether the interval holds the size. */
export function covers({ low, high }: Forecast, size: number): boolean {
  return low <= size && size <= high;
}

/** The interval's width in powers of e: ln(high/low). */
export function logWidth({ low, high }: Forecast): number {
  return Math.log(high / low);
}

/**
 * Continuous ranked probability score in events, lower is better: ∫ (F(x) − 1{x ≥ N})² dx, as twice the mean pinball loss
 * over the forecast's quantiles (Gneiting and Ranjan, 2011).
 */
export function crps({ quantiles }: Forecast, size: number): number {
  const losses = QUANTILE_LEVELS.map((level, i) => {
    const above = quantiles[i]! - size;
    return above >= 0 ? (1 - level) * above : -level * above;
  });
  return 2 * mean(losses);
}

/** The mean; NaN without values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** The median, the mean of the two middle ones for an even number; NaN without values. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
