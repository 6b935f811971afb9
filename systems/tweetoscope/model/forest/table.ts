/** Samples × features in one typed array, a feature's values side by side: value of sample i, feature f at f·rows + i. */
export interface Table {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** A table of rows of equal length ≥ 1. Throws RangeError on ragged rows and on values that are no number. */
export function tableOf(rows: readonly ArrayLike<number>[]): Table {
  const columns = rows[0]?.length ?? 0;
  const values = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    if (row.length !== columns)
      throw new RangeError(`row ${i} has ${row.length} values, the first ${columns}`);
    for (let f = 0; f < columns; f++) {
      if (!Number.isFinite(row[f]!)) throw new RangeError(`row ${i}, feature ${f}: ${row[f]} is no number`);
      values[f * rows.length + i] = row[f]!;
    }
  }
  return { rows: rows.length, columns, values };
}
