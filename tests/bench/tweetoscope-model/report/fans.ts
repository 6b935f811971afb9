import { QUANTILE_LEVELS, reached, relativeError } from '../../../../systems/tweetoscope/model/index.ts';
import type { Task, Trial } from '../cross-validation.ts';

/** A cascade with its forecast at one window, as the page draws it: hours, and a count for each. */
export interface Fan {
  readonly title: string;
  readonly hours: number[];
  /** What happened. */
  readonly truth: (number | null)[];
  /** Paths to the quantiles 5, 25, 50, 75 and 95 % of the final size; null before the window's end. */
  readonly paths: (number | null)[][];
}

const WEEK = 604_800;
const SHOWN = [0.05, 0.25, 0.5, 0.75, 0.95];

/** Fans of three cascades of a task: those whose errors rank at a quarter, a half and nine tenths, so none is hand-picked. */
export function fansOf(
  { task, trials }: { task: Task; trials: readonly Trial[] },
  times: readonly Float64Array[],
): Fan[] {
  const ranked = [...trials].sort(
    (a, b) => relativeError(a.forecast.size, a.size) - relativeError(b.forecast.size, b.size),
  );
  return [0.25, 0.5, 0.9].map((share) => {
    const trial = ranked[Math.floor(share * (ranked.length - 1))]!;
    return fanOf(trial, times[trial.cascade]!, task.window);
  });
}

function fanOf({ cascade, forecast, size }: Trial, times: Float64Array, window: number): Fan {
  const seconds = Array.from({ length: 120 }, (_, i) => 60 * (WEEK / 60) ** (i / 119));
  const seen = countAt(times, window);
  const path = (final: number) =>
    seconds.map((t) => (t < window ? null : seen + (final - seen) * progress(t, window)));
  const error = Math.round(100 * relativeError(forecast.size, size));
  return {
    title: `cascade ${cascade + 1}: forecast ${Math.round(forecast.size)} from ${seen} seen, became ${size} (${error} % off)`,
    hours: seconds.map((t) => t / 3600),
    truth: seconds.map((t) => countAt(times, t)),
    paths: SHOWN.map((level) =>
      path(forecast.quantiles[QUANTILE_LEVELS.findIndex((q) => Math.abs(q - level) < 1e-9)]!),
    ),
  };
}

/** How much of what is still to come has come by t, as SEISMIC's kernel spreads the reactions of those seen. */
function progress(t: number, window: number): number {
  return (reached(t) - reached(window)) / (reached(WEEK) - reached(window));
}

function countAt(times: Float64Array, t: number): number {
  let count = 0;
  while (count < times.length && times[count]! <= t) count++;
  return count;
}
