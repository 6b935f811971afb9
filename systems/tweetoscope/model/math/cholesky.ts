/** A symmetric positive definite matrix, row by row, `size` × `size`. */
export interface Matrix {
  readonly size: number;
  readonly values: Float64Array;
}

/** The lower triangular L with L Lᵀ = matrix, or undefined where it is not positive definite. O(size³/6). */
export function cholesky({ size, values }: Matrix): Matrix | undefined {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = values[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * size + k]! * lower[j * size + k]!;
      if (i !== j) lower[i * size + j] = sum / lower[j * size + j]!;
      else if (sum > 0) lower[i * size + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return { size, values: lower };
}

/** x with L x = b. */
export function forward({ size, values }: Matrix, b: Float64Array): Float64Array {
  const x = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = b[i]!;
    for (let k = 0; k < i; k++) sum -= values[i * size + k]! * x[k]!;
    x[i] = sum / values[i * size + i]!;
  }
  return x;
}

/** x with Lᵀ x = b. */
export function backward({ size, values }: Matrix, b: Float64Array): Float64Array {
  const x = new Float64Array(size);
  for (let i = size - 1; i >= 0; i--) {
    let sum = b[i]!;
    for (let k = i + 1; k < size; k++) sum -= values[k * size + i]! * x[k]!;
    x[i] = sum / values[i * size + i]!;
  }
  return x;
}

/** The diagonal of (L Lᵀ)⁻¹, by one forward substitution for each column. */
export function inverseDiagonal(lower: Matrix): Float64Array {
  const diagonal = new Float64Array(lower.size);
  const column = new Float64Array(lower.size);
  for (let i = 0; i < lower.size; i++) {
    solveUnit(lower, i, column);
    for (let k = i; k < lower.size; k++) diagonal[i]! += column[k]! ** 2;
  }
  return diagonal;
}

/** x[unit …] with L x = the unit vector; what is before `unit` is not written, since it is 0. */
function solveUnit({ size, values }: Matrix, unit: number, x: Float64Array): void {
  x[unit] = 1 / values[unit * size + unit]!;
  for (let i = unit + 1; i < size; i++) {
    let sum = 0;
    for (let k = unit; k < i; k++) sum -= values[i * size + k]! * x[k]!;
    x[i] = sum / values[i * size + i]!;
  }
}

/** ln det(L Lᵀ). */
export function logDeterminant({ size, values }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += Math.log(values[i * size + i]!);
  return 2 * sum;
}
