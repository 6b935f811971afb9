import type { Prefix } from '../cascade.ts';
import { type HawkesParameters, logLikelihood } from './exponential.ts';

/**
 * Standard errors of ln p and ln β from the observed information: the inverse of minus the Hessian of the log-likelihood
 * by central differences. NaN where the likelihood is flat or the fit stands on a bound.
 */
export function standardErrors(prefix: Prefix, fit: HawkesParameters): { logP: number; logBeta: number } {
  const step = 1e-3;
  const at = (i: number, j: number) =>
    logLikelihood(prefix, { p: fit.p * Math.exp(i * step), beta: fit.beta * Math.exp(j * step) });
  const centre = at(0, 0);
  const pp = -(at(1, 0) - 2 * centre + at(-1, 0)) / step ** 2;
  const bb = -(at(0, 1) - 2 * centre + at(0, -1)) / step ** 2;
  const pb = -(at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * step ** 2);
  const determinant = pp * bb - pb * pb;
  return { logP: Math.sqrt(bb / determinant), logBeta: Math.sqrt(pp / determinant) };
}
