import type { GaussianProcess } from './gaussian-process.ts';
import type { Covariance } from './kernel.ts';

/** A Gaussian process as plain JSON; numbers survive the round trip bit by bit. */
export interface ProcessJson {
  readonly format: 'gaussian-process';
  readonly version: number;
  readonly covariance: Covariance;
  readonly mean: number;
  readonly scaling: { readonly mean: readonly number[]; readonly sd: readonly number[] };
  readonly rows: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

const VERSION = 1;

/** The JSON form of a process. */
export function processToJson({ covariance, mean, scaling, rows, weights }: GaussianProcess): ProcessJson {
  return {
    format: 'gaussian-process',
    version: VERSION,
    covariance,
    mean,
    scaling: { mean: [...scaling.mean], sd: [...scaling.sd] },
    rows: rows.map((row) => [...row]),
    weights: [...weights],
  };
}

/** The process of a JSON form. Throws RangeError on another format or version. */
export function processFromJson(json: ProcessJson): GaussianProcess {
  if (json?.format !== 'gaussian-process' || json.version !== VERSION) {
    throw new RangeError(`expected a gaussian-process of version ${VERSION}, got version ${json?.version}`);
  }
  return {
    covariance: json.covariance,
    mean: json.mean,
    scaling: { mean: Float64Array.from(json.scaling.mean), sd: Float64Array.from(json.scaling.sd) },
    rows: json.rows.map((row) => Float64Array.from(row)),
    weights: Float64Array.from(json.weights),
  };
}
