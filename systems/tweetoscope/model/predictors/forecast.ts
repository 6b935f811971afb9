/** Levels of Forecast.quantiles: 0.05, 0.10, … 0.95. */
export const QUANTILE_LEVELS: readonly number[] = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

/** What a predictor says of a cascade's final size; sizes count events with the root, and are finite and ≥ those seen. */
export interface Forecast {
  readonly size: number;
  /** The interval's ends. `size` lies between, but for a formula's own answer where training shows the formula to be biased. */
  readonly low: number;
  readonly high: number;
  /** How often the interval should hold the truth, for example 0.9. */
  readonly level: number;
  /** Quantiles of the final size at QUANTILE_LEVELS; they never fall. */
  readonly quantiles: readonly number[];
  /** `trained` on cascades, or `plain`: no training data, the model's own answer with a wide interval. */
  readonly basis: 'trained' | 'plain';
}
