import type { Matrix } from '../math/cholesky.ts';

/** The covariance of two cascades: a squared exponential of their distance, plus a linear part, plus noise. */
export interface Covariance {
  /** Length scale, in units of the root of the number of features. */
  readonly length: number;
  /** Weight of the linear part, next to 1 of the squared exponential. */
  readonly linear: number;
  /** Noise variance, likewise. */
  readonly noise: number;
}

/** Squared distances and products of all pairs of rows, divided by the number of features. */
export interface Pairs {
  readonly distances: Matrix;
  readonly products: Matrix;
}

/** All pairs of scaled rows. O(rows² × columns). */
export function pairsOf(rows: readonly Float64Array[]): Pairs {
  const size = rows.length;
  const distances = new Float64Array(size * size);
  const products = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const [distance, product] = pair(rows[i]!, rows[j]!);
      distances[i * size + j] = distances[j * size + i] = distance;
      products[i * size + j] = products[j * size + i] = product;
    }
  }
  return { distances: { size, values: distances }, products: { size, values: products } };
}

/** The covariance matrix of the training rows, noise on its diagonal. */
export function covarianceMatrix({ distances, products }: Pairs, covariance: Covariance): Matrix {
  const { size } = distances;
  const values = distances.values.map((d, i) => similarity(d, products.values[i]!, covariance));
  for (let i = 0; i < size; i++) values[i * size + i]! += covariance.noise;
  return { size, values };
}

/** The covariance of one scaled row with another, without noise. */
export function covarianceOf(a: Float64Array, b: Float64Array, covariance: Covariance): number {
  const [distance, product] = pair(a, b);
  return similarity(distance, product, covariance);
}

function similarity(distance: number, product: number, { length, linear }: Covariance): number {
  return Math.exp(-distance / (2 * length * length)) + linear * product;
}

function pair(a: Float64Array, b: Float64Array): [distance: number, product: number] {
  let distance = 0;
  let product = 0;
  for (let f = 0; f < a.length; f++) {
    distance += (a[f]! - b[f]!) ** 2;
    product += a[f]! * b[f]!;
  }
  return [distance / a.length, product / a.length];
}
