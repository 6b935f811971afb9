import { forecastOf } from '../forecast-of.ts';
import type { Line } from '../line.ts';
import type { Sample } from '../point-method.ts';
import { residualLaw } from '../residual-law.ts';

/** ln(1 + events to come) as the log-linear rule has it for a cascade of `seen` events. */
export function lineAnswer({ intercept, slope }: Line, seen: number): number {
  return Math.log1p(Math.max(0, Math.exp(intercept + slope * Math.log(seen)) - seen));
}

/** The least and the greatest value of something seen in training, as a logarithm. */
export interface KnownRange {
  readonly low: number;
  readonly high: number;
}

/** How familiar a prefix of ln n = `logSeen` is: 1 within the range seen in training, towards 0 beyond it. */
export function familiarity(logSeen: number, { low, high }: KnownRange): number {
  const beyond = Math.max(0, low - logSeen, logSeen - high);
  return Math.exp(-((beyond / 0.5) ** 2));
}

/** Whether `value` lies within what was seen in training. */
export function within(value: number, { low, high }: KnownRange): boolean {
  return low <= value && value <= high;
}

/** The range of all but the lowest tenth of the values: a few odd ones make nothing usual. */
export function usualRange(values: Float64Array): KnownRange {
  const sorted = values.slice().sort();
  return { low: sorted[Math.floor(0.1 * sorted.length)]!, high: sorted.at(-1)! };
}

/** The range of values; [∞, −∞] without any. */
export function rangeOf(values: Float64Array): KnownRange {
  return {
    low: values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    high: values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  };
}

const SHARES = [1, 0.5, 0];
/** A smaller share of the members must be better by this factor, or chance would choose it. */
const MARGIN = 0.98;

/** The members' share against the log-linear rule: the one with the least mean relative error out of sample. */
export function chooseShare(
  samples: readonly Sample[],
  members: Float64Array,
  line: ArrayLike<number>,
): number {
  let best = { share: 1, error: Number.POSITIVE_INFINITY };
  for (const share of SHARES) {
    const answers = members.map((answer, i) => share * answer + (1 - share) * line[i]!);
    const error = meanRelativeError(samples, answers);
    if (error < best.error * MARGIN) best = { share, error };
  }
  return best.share;
}

function meanRelativeError(samples: readonly Sample[], answers: Float64Array): number {
  const law = residualLaw(samples.map(({ target }, i) => target - answers[i]!));
  const errors = samples.map(({ view, size }, i) => {
    const outlook = {
      seen: view.size,
      ahead: Math.expm1(answers[i]!),
      law,
      level: 0.9,
      trained: true,
      known: true,
    };
    return Math.abs(forecastOf({ ...outlook, rule: 'least relative error' }).size - size) / size;
  });
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
