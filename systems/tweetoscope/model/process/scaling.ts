/** Mean and spread of each feature, from the training rows. */
export interface Scaling {
  readonly mean: Float64Array;
  readonly sd: Float64Array;
}

/** How many standard deviations a feature may stand out before it is held back. */
const LIMIT = 3.5;

/** The scaling of rows of equal length; a constant feature gets spread 1. */
export function scalingOf(rows: readonly Float64Array[]): Scaling {
  const columns = rows[0]!.length;
  const mean = new Float64Array(columns);
  const sd = new Float64Array(columns);
  for (const row of rows) for (let f = 0; f < columns; f++) mean[f]! += row[f]! / rows.length;
  for (const row of rows) for (let f = 0; f < columns; f++) sd[f]! += (row[f]! - mean[f]!) ** 2 / rows.length;
  return { mean, sd: sd.map((variance) => Math.sqrt(variance) || 1) };
}

/** A row in standard deviations, each held within ±3.5, so that no single odd feature takes over. */
export function scaled(row: ArrayLike<number>, { mean, sd }: Scaling): Float64Array {
  return mean.map((centre, f) => Math.max(-LIMIT, Math.min(LIMIT, (row[f]! - centre) / sd[f]!)));
}
