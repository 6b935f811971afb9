import { type Prefix, withOrderedTies } from '../cascade.ts';

/** Parameters of the exponential kernel: λ(t) = p β Σ mᵢ e^{−β(t−tᵢ)}; `p` events per follower, `beta` per second. */
export interface HawkesParameters {
  readonly p: number;
  readonly beta: number;
}

/** What the likelihood needs of the data for one β. */
export interface DecaySums {
  /** Σ_{i≥2} ln Aᵢ, the log intensities but for (n−1) ln(pβ). */
  readonly logSum: number;
  /** A_T = Σ mᵢ e^{−β(T−tᵢ)}: followers that have not yet been "used up" at the window's end. */
  readonly tail: number;
}

/** Below and above these a running product is turned into its logarithm (one ln for dozens of events). */
const SMALL = 1e-140;
const LARGE = 1e140;

/**
 * One pass, O(n): A₁ = 0, Aᵢ = e^{−β(tᵢ−tᵢ₋₁)}(mᵢ₋₁ + Aᵢ₋₁), A_T = e^{−β(T−tₙ)}(mₙ + Aₙ).
 * Tied events follow each other in the order given (callers put the smaller marks first, see withOrderedTies); marks must
 * be positive (see withUsableMarks).
 */
export function decaySums(prefix: Prefix, beta: number): DecaySums {
  const { times, marks, until } = prefix;
  let mass = marks[0]!;
  let previous = times[0]!;
  let product = 1;
  let logSum = 0;
  for (let i = 1; i < times.length; i++) {
    const time = times[i]!;
    if (time !== previous) mass *= Math.exp(beta * (previous - time));
    product *= mass;
    if (product < SMALL || product > LARGE) {
      logSum += Math.log(product);
      product = 1;
    }
    mass += marks[i]!;
    previous = time;
  }
  return { logSum: logSum + Math.log(product), tail: mass * Math.exp(beta * (previous - until)) };
}

/** Σ mᵢ over the prefix, the root's followers included. */
export function totalMark(prefix: Prefix): number {
  let total = 0;
  for (const mark of prefix.marks) total += mark;
  return total;
}

/**
 * LL = (n−1) ln(pβ) + Σ_{i≥2} ln Aᵢ − p(Σmᵢ − A_T), n with the root; −∞ outside p > 0, β > 0.
 * Of tied events the one with fewer followers comes first, whatever their order in the data.
 * Source: the report's marked Hawkes process (Rizoiu et al., tutorial, 2017).
 */
export function logLikelihood(given: Prefix, { p, beta }: HawkesParameters): number {
  if (!(p > 0) || !(beta > 0)) return Number.NEGATIVE_INFINITY;
  const prefix = withOrderedTies(given);
  const { logSum, tail } = decaySums(prefix, beta);
  return (prefix.times.length - 1) * Math.log(p * beta) + logSum - p * (totalMark(prefix) - tail);
}
