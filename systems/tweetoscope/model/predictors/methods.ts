import { blend } from './blend/blend.ts';
import { constant } from './constant.ts';
import { featureForest } from './feature-forest.ts';
import { hawkesForest } from './hawkes-forest.ts';
import { hawkesBranching, hawkesMap, hawkesMle } from './hawkes-methods.ts';
import { logLinear } from './log-linear.ts';
import { methodOf, predictorFromJson } from './point-method.ts';
import type { Method, Predictor, PredictorJson } from './predictor.ts';
import { quantileForestMethod, quantilePredictorFromJson } from './quantile-forest-method.ts';
import { seismic } from './seismic.ts';

const POINT_METHODS = [
  constant,
  logLinear,
  hawkesMap,
  hawkesMle,
  hawkesBranching,
  seismic,
  hawkesForest,
  featureForest,
  blend,
] as const;

/** Every method, in the order of the reports; the last one is ours. */
export const METHODS: readonly Method[] = [
  ...POINT_METHODS.slice(0, -1).map(methodOf),
  quantileForestMethod,
  methodOf(blend),
];

/** The method that configuration names. Throws RangeError with the known names. */
export function methodNamed(name: string): Method {
  const method = METHODS.find((candidate) => candidate.name === name);
  if (method) return method;
  throw new RangeError(`no method "${name}"; known: ${METHODS.map((known) => known.name).join(', ')}`);
}

/** The predictor of a JSON form, whatever its method. Throws RangeError on unknown methods, formats and versions. */
export function restorePredictor(json: PredictorJson): Predictor {
  if (json.method === quantileForestMethod.name) return quantilePredictorFromJson(json);
  const method = POINT_METHODS.find(({ name }) => name === methodNamed(json.method).name)!;
  return predictorFromJson(method, json);
}
