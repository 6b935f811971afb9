import { type Prefix, withOrderedTies, withUsableMarks } from '../cascade.ts';
import { maximise } from '../math/maximum.ts';
import { decaySums, type HawkesParameters, totalMark } from './exponential.ts';
import { type LogNormalPrior, logNormalPrior, logPrior, type PriorMoments, REPORT_PRIOR } from './prior.ts';

/** Where p (per follower) and β (per second) are looked for. */
export interface Bounds {
  readonly p: readonly [low: number, high: number];
  readonly beta: readonly [low: number, high: number];
}

/** A fit: the parameters, and the maximised objective (log-likelihood, plus the log prior for MAP). */
export interface HawkesFit extends HawkesParameters {
  readonly objective: number;
}

/** The report's bounds for marks of mean `meanMark` followers: p ∈ [1e-8, 1/E[M] − 1e-8] (n* < 1), β between 10 days and a minute. */
export function reportBounds(meanMark: number): Bounds {
  return { p: [1e-8, 1 / meanMark - 1e-8], beta: [1 / 864_000, 1 / 60] };
}

/** Maximum likelihood: p̂(β) = (n−1)/(Σmᵢ − A_T) in closed form (clamped to its bounds), so one search over ln β. O(n) each. */
export function fitMle(prefix: Prefix, bounds: Bounds): HawkesFit {
  return search(
    prefix,
    bounds,
    ({ events, exposure }) => clamp(events / exposure, bounds.p),
    () => 0,
  );
}

/** Maximum a posteriori with a log-normal prior of (p, β). Same search; p for a given β by Newton's method (concave). */
export function fitMap(prefix: Prefix, bounds: Bounds, moments: PriorMoments = REPORT_PRIOR): HawkesFit {
  const prior = logNormalPrior(moments);
  return search(
    prefix,
    bounds,
    (given) => clamp(posteriorP(given, prior, bounds), bounds.p),
    (p, beta) => logPrior(prior, Math.log(p), Math.log(beta)),
  );
}

/** What is known of p once β is fixed. */
interface GivenBeta {
  readonly events: number;
  readonly exposure: number;
  readonly logBeta: number;
}

function search(
  given: Prefix,
  bounds: Bounds,
  bestP: (at: GivenBeta) => number,
  priorTerm: (p: number, beta: number) => number,
): HawkesFit {
  const prefix = withOrderedTies(withUsableMarks(given));
  const events = prefix.times.length - 1;
  const total = totalMark(prefix);
  const at = (logBeta: number) => {
    const beta = Math.exp(logBeta);
    const { logSum, tail } = decaySums(prefix, beta);
    const exposure = Math.max(total - tail, Number.MIN_VALUE);
    const p = bestP({ events, exposure, logBeta });
    const objective = events * (Math.log(p) + logBeta) + logSum - p * exposure + priorTerm(p, beta);
    return { p, beta, objective };
  };
  const [low, high] = bounds.beta;
  const range = { low: Math.log(low), high: Math.log(high), steps: 24, tolerance: 1e-8 };
  return at(maximise((logBeta) => at(logBeta).objective, range).at);
}

/** The maximum over x = ln p of events·x − exposure·eˣ − prior, which is concave in x. */
function posteriorP({ events, exposure, logBeta }: GivenBeta, prior: LogNormalPrior, bounds: Bounds): number {
  const { pp, pb } = prior.precision;
  const pull = pb * (logBeta - prior.mean[1]);
  const [low, high] = [Math.log(bounds.p[0]), Math.log(bounds.p[1])];
  let x = Math.min(high, Math.max(low, Math.log((events + 1) / exposure)));
  for (let i = 0; i < 50; i++) {
    const slope = events - exposure * Math.exp(x) - pp * (x - prior.mean[0]) - pull;
    const step = slope / (exposure * Math.exp(x) + pp);
    x = Math.min(high, Math.max(low, x + Math.max(-2, Math.min(2, step))));
    if (Math.abs(step) < 1e-13) break;
  }
  return Math.exp(x);
}

function clamp(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(high, Math.max(low, value));
}
