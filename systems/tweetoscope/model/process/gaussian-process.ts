import {
  backward,
  cholesky,
  forward,
  inverseDiagonal,
  logDeterminant,
  type Matrix,
} from '../math/cholesky.ts';
import { type Covariance, covarianceMatrix, covarianceOf, type Pairs, pairsOf } from './kernel.ts';
import { type Scaling, scaled, scalingOf } from './scaling.ts';

/** A fitted Gaussian process: the answer for a row is mean + Σ weights[i]·k(row, rows[i]). */
export interface GaussianProcess {
  readonly scaling: Scaling;
  readonly covariance: Covariance;
  readonly mean: number;
  readonly rows: readonly Float64Array[];
  readonly weights: Float64Array;
}

/** A process with its leave-one-out answers, in the order of the training rows (closed form). */
export interface FittedProcess {
  readonly process: GaussianProcess;
  readonly leaveOneOut: Float64Array;
}

const LENGTHS = [0.5, 0.75, 1.1, 1.6, 2.4, 3.6];
const LINEARS = [0, 0.1, 0.5];
const NOISES = [0.05, 0.1, 0.2, 0.4, 0.8, 1.6];

/** Rows above which the covariance is chosen on every k-th of them: the choice costs O(rows³) for each candidate. */
const CHOICE_ROWS = 150;

/**
 * Regression of `target` on `rows` (features). The covariance is the one of 108 candidates with the greatest marginal
 * likelihood, its scale in closed form. Throws RangeError without rows. O(rows³).
 */
export function fitProcess(rows: readonly Float64Array[], target: Float64Array): FittedProcess {
  if (rows.length === 0) throw new RangeError('a Gaussian process needs samples');
  const scaling = scalingOf(rows);
  const inputs = rows.map((row) => scaled(row, scaling));
  const mean = target.reduce((sum, y) => sum + y, 0) / target.length;
  const centred = target.map((y) => y - mean);
  const covariance = chooseCovariance(inputs, centred);
  const lower = factor(pairsOf(inputs), covariance)!;
  const weights = backward(lower, forward(lower, centred));
  const precision = inverseDiagonal(lower);
  const leaveOneOut = target.map((y, i) => y - weights[i]! / precision[i]!);
  return { process: { scaling, covariance, mean, rows: inputs, weights }, leaveOneOut };
}

/** The mean answer for a row of features. O(rows × columns). */
export function predictProcess(process: GaussianProcess, row: ArrayLike<number>): number {
  const input = scaled(row, process.scaling);
  let sum = process.mean;
  for (const [i, known] of process.rows.entries()) {
    sum += process.weights[i]! * covarianceOf(input, known, process.covariance);
  }
  return sum;
}

function chooseCovariance(inputs: readonly Float64Array[], centred: Float64Array): Covariance {
  const stride = Math.ceil(inputs.length / CHOICE_ROWS);
  const target = centred.filter((_, i) => i % stride === 0);
  const pairs = pairsOf(inputs.filter((_, i) => i % stride === 0));
  let best: { covariance: Covariance; evidence: number } | undefined;
  for (const covariance of candidates()) {
    const evidence = logEvidence(factor(pairs, covariance), target);
    if (!best || evidence > best.evidence) best = { covariance, evidence };
  }
  return best!.covariance;
}

function candidates(): Covariance[] {
  return LENGTHS.flatMap((length) =>
    LINEARS.flatMap((linear) => NOISES.map((noise) => ({ length, linear, noise }))),
  );
}

function factor(pairs: Pairs, covariance: Covariance): Matrix | undefined {
  return cholesky(covarianceMatrix(pairs, covariance));
}

/** ln p(target) with the best overall scale, but for constants. */
function logEvidence(lower: Matrix | undefined, target: Float64Array): number {
  if (!lower) return Number.NEGATIVE_INFINITY;
  const whitened = forward(lower, target);
  const energy = whitened.reduce((sum, value) => sum + value * value, 1e-12);
  return -0.5 * (target.length * Math.log(energy / target.length) + logDeterminant(lower));
}
