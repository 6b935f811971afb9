/** Means, standard deviations and correlation of (p, β) before any event is seen. */
export interface PriorMoments {
  readonly mean: readonly [p: number, beta: number];
  readonly sd: readonly [p: number, beta: number];
  readonly correlation: number;
}

/** A normal law of (ln p, ln β): its means and its precision matrix [[pp, pb], [pb, bb]]. */
export interface LogNormalPrior {
  readonly mean: readonly [number, number];
  readonly precision: { readonly pp: number; readonly pb: number; readonly bb: number };
}

/** The prior of the report: p about 0.02 ± 0.01, β about 0.0002 ± 0.001 per second, correlation −0.1. */
export const REPORT_PRIOR: PriorMoments = { mean: [0.02, 0.0002], sd: [0.01, 0.001], correlation: -0.1 };

/** Matches moments: C_ij = ln(1 + Q_ij/(aᵢaⱼ)), νᵢ = ln aᵢ − C_ii/2. Throws RangeError where no such law exists. */
export function logNormalPrior({ mean, sd, correlation }: PriorMoments): LogNormalPrior {
  const [a, b] = mean;
  const pp = Math.log1p((sd[0] / a) ** 2);
  const bb = Math.log1p((sd[1] / b) ** 2);
  const pb = Math.log1p((correlation * sd[0] * sd[1]) / (a * b));
  const determinant = pp * bb - pb * pb;
  if (!(determinant > 0)) throw new RangeError('no log-normal law has these moments');
  return {
    mean: [Math.log(a) - pp / 2, Math.log(b) - bb / 2],
    precision: { pp: bb / determinant, pb: -pb / determinant, bb: pp / determinant },
  };
}

/** Log density of the prior at (ln p, ln β), without its constant: −½ dᵀ C⁻¹ d. */
export function logPrior(prior: LogNormalPrior, logP: number, logBeta: number): number {
  const dp = logP - prior.mean[0];
  const db = logBeta - prior.mean[1];
  const { pp, pb, bb } = prior.precision;
  return -0.5 * (pp * dp * dp + 2 * pb * dp * db + bb * db * db);
}
