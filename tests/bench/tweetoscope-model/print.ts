import type { Comparison } from './accuracy.ts';
import type { FitTime } from './fit-time.ts';
import type { ForestTime } from './forest-time.ts';
import type { Difference, Score } from './scores.ts';

/** One line of the accuracy table. */
export function scoreLine({
  method,
  window,
  medianARE,
  meanARE,
  coverage,
  width,
  crps,
  errors,
}: Score): string {
  const [error, average] = [number(medianARE), number(meanARE)];
  const worst = number(Math.max(...errors));
  return `  ${window.toString().padStart(5)} s  ${method.padEnd(17)} ARE median ${error} mean ${average} worst ${worst}  covers ${(100 * coverage).toFixed(1)} %  width ×${number(width)}  CRPS/N ${number(crps)}`;
}

/** Our method against the others, one line each. */
export function comparisonLines(comparisons: readonly Comparison[]): string[] {
  return comparisons.map(
    ({ window, against, median, mean }) =>
      `  ${window.toString().padStart(5)} s  blend − ${against.padEnd(17)} median ${interval(median)}  mean ${interval(mean)}`,
  );
}

/** Fit times, with the ratio to Python or the reason why there is none. */
export function fitLines(times: readonly FitTime[]): string[] {
  return times.map(({ events, ms, python, difference }) => {
    const ours = `MAP fit of ${events} events: ${ms.toFixed(3)} ms`;
    if (!python)
      return `${ours}; skipped Python: no python3 with scipy (Debian: apt-get install python3-scipy)`;
    const ratio = ((python.seconds * 1000) / ms).toFixed(0);
    return `${ours}; Python ${(python.seconds * 1000).toFixed(1)} ms (${ratio} times as long), answers differ by ${difference!.toExponential(1)}`;
  });
}

/** Forest times. */
export function forestLines({ trainMs, predictUs, loadMs, jsonBytes, r2 }: ForestTime): string[] {
  return [
    `forest of 100 trees on 2,000 × 12: trained in ${trainMs.toFixed(0)} ms, a prediction ${predictUs.toFixed(1)} µs, loaded in ${loadMs.toFixed(1)} ms (${(jsonBytes / 1e6).toFixed(1)} MB), R² ${r2.toFixed(2)}`,
  ];
}

function interval({ value, low, high }: Difference): string {
  return `${number(value)} [${number(low)}, ${number(high)}]`;
}

function number(value: number): string {
  return Math.abs(value) >= 1000 ? value.toExponential(1) : value.toFixed(3);
}
