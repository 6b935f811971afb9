import type { Prefix } from '../cascade.ts';
import { growForest } from '../forest/forest.ts';
import {
  type QuantileForestJson,
  quantileForestFromJson,
  quantileForestToJson,
} from '../forest/forest-json.ts';
import { type QuantileForest, quantileForest, targetWeights } from '../forest/quantile-forest.ts';
import { tableOf } from '../forest/table.ts';
import { follow } from './follow.ts';
import { type Forecast, QUANTILE_LEVELS } from './forecast.ts';
import { hawkesBranching } from './hawkes-methods.ts';
import { methodOf, PREDICTOR_VERSION } from './point-method.ts';
import type { Method, Predictor, PredictorJson } from './predictor.ts';
import { requireOptions, requireSizes } from './require.ts';
import { type View, viewOf } from './view.ts';

/**
 * Meinshausen's quantile forest on ln(1 + N − n): the conditional law itself gives size (least expected relative error)
 * and interval, without conformal calibration. With fewer than 10 examples the plain Hawkes answer.
 */
export const quantileForestMethod: Method = {
  name: 'quantile-forest',
  fit(examples, options) {
    const { window, seed = 1, level = 0.9, secondsPerUnit = 1 } = options;
    requireOptions({ window, level, secondsPerUnit });
    requireSizes(examples);
    if (examples.length < 10) {
      return renamed(methodOf(hawkesBranching).fit([], options));
    }
    const views = examples.map(({ prefix }) => viewOf(prefix, secondsPerUnit));
    const targets = Float64Array.from(examples, ({ size }, i) =>
      Math.log1p(Math.max(0, size - views[i]!.size)),
    );
    const table = tableOf(views.map(({ features }) => features));
    const grown = growForest(table, targets, { trees: 200, minLeaf: 5, share: 0.5, seed });
    return predictorOf(quantileForest(grown, table, targets), { window, level, secondsPerUnit });
  },
};

/** The predictor of a JSON form that quantileForestMethod wrote. */
export function quantilePredictorFromJson(json: PredictorJson): Predictor {
  if (json.format !== 'tweetoscope-predictor' || json.version !== PREDICTOR_VERSION) {
    throw new RangeError(
      `expected a tweetoscope-predictor of version ${PREDICTOR_VERSION}, got version ${json.version}`,
    );
  }
  if (!json.trained) return renamed(methodOf(hawkesBranching).fit([], json));
  return predictorOf(quantileForestFromJson(json.point as QuantileForestJson), json);
}

interface Settings {
  readonly window: number;
  readonly level: number;
  readonly secondsPerUnit: number;
}

function predictorOf(quantiles: QuantileForest, { window, level, secondsPerUnit }: Settings): Predictor {
  const forecast = (view: View) => forecastFrom(quantiles, view, level);
  return {
    method: quantileForestMethod.name,
    window,
    predict: (prefix: Prefix) => forecast(viewOf(prefix, secondsPerUnit)),
    follow: (rootMark) => follow({ rootMark, window, secondsPerUnit, needsEvents: false, forecast }),
    toJSON: () => ({
      format: 'tweetoscope-predictor',
      version: PREDICTOR_VERSION,
      method: quantileForestMethod.name,
      window,
      level,
      secondsPerUnit,
      trained: true,
      residuals: [],
      point: quantileForestToJson(quantiles),
    }),
  };
}

function forecastFrom(quantiles: QuantileForest, { size, features }: View, level: number): Forecast {
  const weights = targetWeights(quantiles, features);
  const sizes = quantiles.targets.map((target) => size + Math.expm1(target));
  const at = (q: number) => weightedQuantile(sizes, weights, q);
  const relative = weights.map((weight, i) => weight / sizes[i]!);
  const [low, high] = [at((1 - level) / 2), at((1 + level) / 2)];
  const best = weightedQuantile(sizes, relative, 0.5);
  return {
    size: Math.min(high, Math.max(low, best)),
    low,
    high,
    level,
    quantiles: QUANTILE_LEVELS.map(at),
    basis: 'trained',
  };
}

/** The least value (ascending) up to which a share `q` of the weights lies. */
function weightedQuantile(values: Float64Array, weights: Float64Array, q: number): number {
  let left = q * weights.reduce((sum, weight) => sum + weight, 0) - 1e-12;
  for (const [i, weight] of weights.entries()) {
    left -= weight;
    if (left <= 0) return values[i]!;
  }
  return values.at(-1)!;
}

function renamed(predictor: Predictor): Predictor {
  const method = quantileForestMethod.name;
  return { ...predictor, method, toJSON: () => ({ ...predictor.toJSON(), method }) };
}
