/** Marks with density ∝ m^{−alpha} for m ≥ mu (followers). */
export interface MarkLaw {
  readonly alpha: number;
  readonly mu: number;
}

/** The report's marks: E[M] = 35 followers. */
export const REPORT_MARKS: MarkLaw = { alpha: 2.4, mu: 10 };

/** E[M] = μ(α−1)/(α−2) followers; infinite for α ≤ 2. */
export function meanMark({ alpha, mu }: MarkLaw): number {
  return alpha > 2 ? (mu * (alpha - 1)) / (alpha - 2) : Number.POSITIVE_INFINITY;
}

/**
 * Maximum likelihood (Hill's estimator): α = 1 + k/Σ ln(mᵢ/μ) over the k marks ≥ μ, with its standard error (α−1)/√k.
 * Without a mark above μ the exponent is unknown: NaN.
 */
export function fitMarkExponent(marks: Float64Array, mu: number): { alpha: number; standardError: number } {
  let count = 0;
  let logs = 0;
  for (const mark of marks) {
    if (!(mark >= mu)) continue;
    count++;
    logs += Math.log(mark / mu);
  }
  if (logs <= 0) return { alpha: Number.NaN, standardError: Number.NaN };
  const alpha = 1 + count / logs;
  return { alpha, standardError: (alpha - 1) / Math.sqrt(count) };
}

/**
 * A stable mean of followers: real marks are no power law from 10 (their fitted exponent is often below 2, where E[M] is
 * infinite), so this is the mean of the retweeters' marks, each capped at `cap`, shrunk towards `expected` as if
 * `weight` further marks had been seen. The root's mark does not enter: it is no draw from the retweeters.
 */
export function shrunkMeanMark(
  marks: Float64Array,
  { expected = 841, weight = 20, cap = 20_000 }: { expected?: number; weight?: number; cap?: number } = {},
): number {
  let total = expected * weight;
  for (let i = 1; i < marks.length; i++) total += Math.min(marks[i]!, cap);
  return total / (weight + Math.max(0, marks.length - 1));
}
