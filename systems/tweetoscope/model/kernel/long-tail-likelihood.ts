import { type Prefix, withOrderedTies } from '../cascade.ts';
import { density, reached, SEISMIC_KERNEL } from './seismic-kernel.ts';
import { type Exponentials, tailExponentials } from './tail-exponentials.ts';

/** What the likelihood with a fixed kernel needs: LL(p) = (n−1) ln p + logSum − p·exposure. */
export interface LongTailSums {
  /** Σ_{i≥2} ln Σ_{j<i} mⱼ φ(tᵢ−tⱼ). */
  readonly logSum: number;
  /** Σ mᵢ Φ(T−tᵢ): followers whose reactions should have come by T. */
  readonly exposure: number;
}

/** Exactly, every pair of events: O(n²). Marks must be positive; of tied events the smaller one comes first. */
export function longTailSumsExact(given: Prefix): LongTailSums {
  const prefix = withOrderedTies(given);
  const { times, marks } = prefix;
  let logSum = 0;
  for (let i = 1; i < times.length; i++) {
    let rate = 0;
    for (let j = 0; j < i; j++) rate += marks[j]! * density(times[i]! - times[j]!);
    logSum += Math.log(rate);
  }
  return { logSum, exposure: exposureOf(prefix) };
}

/**
 * The same in O(n·K): the flat 300 s are a sliding window, exact; an event that leaves the window enters K decaying sums
 * that stand for the power law (relative error below 1e-6, see tailExponentials).
 */
export function longTailSums(given: Prefix, tail: Exponentials = TAIL): LongTailSums {
  const prefix = withOrderedTies(given);
  const { times, marks } = prefix;
  const { level, flat } = SEISMIC_KERNEL;
  const sums = new DecayingSums(tail, flat);
  let young = 0;
  let oldest = 0;
  let logSum = 0;
  for (let i = 1; i < times.length; i++) {
    young += marks[i - 1]!;
    while (times[i]! - times[oldest]! > flat) {
      young -= marks[oldest]!;
      sums.enter(times[oldest]!, marks[oldest]!);
      oldest++;
    }
    logSum += Math.log(level * Math.max(0, young) + sums.at(times[i]!));
  }
  return { logSum, exposure: exposureOf(prefix) };
}

/** LL(p) with SEISMIC's kernel; p in events per follower; −∞ for p ≤ 0. */
export function longTailLogLikelihood(sums: LongTailSums, events: number, p: number): number {
  if (!(p > 0)) return Number.NEGATIVE_INFINITY;
  return events * Math.log(p) + sums.logSum - p * sums.exposure;
}

function exposureOf({ times, marks, until }: Prefix): number {
  let total = 0;
  for (let i = 0; i < times.length; i++) total += marks[i]! * reached(until - times[i]!);
  return total;
}

const TAIL = tailExponentials();

/** Σ over entered events of mark × Σₖ wₖ e^{−rₖ(t − time)}, for t ≥ time + delay, so that no term ever grows. */
class DecayingSums {
  readonly #rates: Float64Array;
  readonly #weights: Float64Array;
  readonly #states: Float64Array;
  readonly #delay: number;
  #time = 0;
  #empty = true;

  constructor({ rates, weights }: Exponentials, delay: number) {
    this.#rates = rates;
    this.#weights = weights.map((weight, k) => weight * Math.exp(-rates[k]! * delay));
    this.#states = new Float64Array(rates.length);
    this.#delay = delay;
  }

  enter(time: number, mark: number): void {
    this.#advance(time + this.#delay);
    for (let k = 0; k < this.#states.length; k++) this.#states[k]! += mark;
    this.#empty = false;
  }

  at(time: number): number {
    if (this.#empty) return 0;
    this.#advance(time);
    let total = 0;
    for (let k = 0; k < this.#states.length; k++) total += this.#weights[k]! * this.#states[k]!;
    return total;
  }

  #advance(time: number): void {
    const step = time - this.#time;
    this.#time = Math.max(time, this.#time);
    if (step <= 0 || this.#empty) return;
    for (let k = 0; k < this.#states.length; k++) this.#states[k]! *= Math.exp(-this.#rates[k]! * step);
  }
}
