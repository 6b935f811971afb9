/**
 * How far the truth was from the model, on cascades the model had not seen: y − ŷ with y = ln(1 + events still to come),
 * ascending. Split conformal prediction (Vovk; Lei et al., 2018): the truth falls below the ⌈(m+1)q⌉-th of m with
 * probability ≥ q when cascades are exchangeable.
 */
export interface ResidualLaw {
  readonly residuals: Float64Array;
}

/** Without examples: a wide normal law of standard deviation 1.5 (a factor of 4.5). */
const PLAIN = Float64Array.from([-2.93, -1.92, -1.24, -0.79, -0.38, 0, 0.38, 0.79, 1.24, 1.92, 2.93]);

/** At most so many residuals are kept, evenly spaced among the sorted ones. */
const KEPT = 999;

/** The law of these residuals (any order); the plain one for fewer than 5. Not-a-numbers are left out. */
export function residualLaw(residuals: Iterable<number>): ResidualLaw {
  const sorted = Float64Array.from(residuals).filter(Number.isFinite).sort();
  if (sorted.length < 5) return { residuals: PLAIN };
  if (sorted.length <= KEPT) return { residuals: sorted };
  const step = (sorted.length - 1) / (KEPT - 1);
  return { residuals: Float64Array.from({ length: KEPT }, (_, i) => sorted[Math.round(i * step)]!) };
}

/**
 * The residual below which the truth's falls with probability ≥ `level` (above which with ≥ 1 − `level`, below one half).
 * Beyond the m known ones, the outermost is moved out by half its distance from the median.
 */
export function residualAt({ residuals }: ResidualLaw, level: number): number {
  const m = residuals.length;
  const rank = level >= 0.5 ? Math.ceil((m + 1) * level - 1e-9) : Math.floor((m + 1) * level + 1e-9);
  if (rank >= 1 && rank <= m) return residuals[rank - 1]!;
  const outermost = residuals[rank < 1 ? 0 : m - 1]!;
  return outermost + 0.5 * (outermost - residuals[m >> 1]!);
}
