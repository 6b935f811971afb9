import { type Forecast, QUANTILE_LEVELS } from './forecast.ts';
import { type ResidualLaw, residualAt } from './residual-law.ts';

/** No forecast exceeds this many events to come. */
export const MOST_AHEAD = 1e9;

/** Our sizes never exceed this many times the size that a cascade has at least, so they are never 100 times too high. */
const MOST_GROWTH = 99;

/** How the one size is chosen from the law: the model's own answer, or the one with the least expected relative error. */
export type SizeRule = 'own answer' | 'least relative error';

/** What a forecast is made of. */
export interface Outlook {
  /** Events seen. */
  readonly seen: number;
  /** The model's answer: events to come. */
  readonly ahead: number;
  readonly law: ResidualLaw;
  readonly level: number;
  readonly rule: SizeRule;
  readonly trained: boolean;
  /** Whether training has shown cascades like this one; see mostSize. */
  readonly known?: boolean;
}

/** The forecast: size = seen + e^{ŷ + r} − 1 with ŷ = ln(1 + ahead) and r from the law of residuals. */
export function forecastOf({ seen, ahead, law, level, rule, trained, known = false }: Outlook): Forecast {
  const own = Math.log1p(held(ahead));
  const sizeAt = (residual: number) => seen + held(Math.expm1(own + residual));
  const low = sizeAt(residualAt(law, (1 - level) / 2));
  const high = sizeAt(residualAt(law, (1 + level) / 2));
  const best = Math.min(mostSize(known ? low : seen), high, Math.max(low, leastRelativeError(law, sizeAt)));
  return {
    size: rule === 'own answer' ? seen + held(ahead) : best,
    low: rule === 'own answer' ? low : Math.min(low, best),
    high,
    level,
    quantiles: QUANTILE_LEVELS.map((q) => sizeAt(residualAt(law, q))),
    basis: trained ? 'trained' : 'plain',
  };
}

/**
 * The largest size to say of a cascade that becomes `least` at least. That is the events seen, whatever population a
 * predictor was trained on; for a cascade like those of training it is the interval's low end. Otherwise populations
 * that grow a hundredfold after the window (slow ones, short windows) would be said to stop at 99 times.
 */
export function mostSize(least: number): number {
  return MOST_GROWTH * least;
}

/** Events to come as a forecast may hold them: 0 … MOST_AHEAD, 0 for what is no number. */
export function held(ahead: number): number {
  return ahead > 0 ? Math.min(ahead, MOST_AHEAD) : 0;
}

/** E|s − N|/N over the law is least at the median of N under weights 1/N. The residuals ascend, so do the sizes. */
function leastRelativeError({ residuals }: ResidualLaw, sizeAt: (residual: number) => number): number {
  const sizes = residuals.map(sizeAt);
  let left = sizes.reduce((sum, size) => sum + 1 / size, 0) / 2;
  for (const size of sizes) {
    left -= 1 / size;
    if (left <= 0) return size;
  }
  return sizes.at(-1)!;
}
