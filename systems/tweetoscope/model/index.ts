export {
  type Cascade,
  cascadeOf,
  countUntil,
  type Prefix,
  prefixOf,
  UNKNOWN_MARK,
  usableMark,
  withUsableMarks,
} from './cascade.ts';
export { FEATURE_NAMES, featuresOf, PrefixObserver } from './features/observer.ts';
export { type Forest, type ForestOptions, growForest, predictMean } from './forest/forest.ts';
export {
  forestFromJson,
  forestToJson,
  quantileForestFromJson,
  quantileForestToJson,
} from './forest/forest-json.ts';
export { predictQuantile, quantileForest } from './forest/quantile-forest.ts';
export { type Table, tableOf } from './forest/table.ts';
export { decaySums, type HawkesParameters, logLikelihood, totalMark } from './hawkes/exponential.ts';
export { type Bounds, fitMap, fitMle, type HawkesFit, reportBounds } from './hawkes/fit.ts';
export { type HawkesOutlook, MAX_BRANCHING, outlook } from './hawkes/forecast.ts';
export { fitMarkExponent, type MarkLaw, meanMark, REPORT_MARKS, shrunkMeanMark } from './hawkes/marks.ts';
export { logNormalPrior, logPrior, type PriorMoments, REPORT_PRIOR } from './hawkes/prior.ts';
export { standardErrors } from './hawkes/standard-error.ts';
export { longTailLogLikelihood, longTailSums, longTailSumsExact } from './kernel/long-tail-likelihood.ts';
export { density, reached, SEISMIC_KERNEL } from './kernel/seismic-kernel.ts';
export { tailExponentials } from './kernel/tail-exponentials.ts';
export { type RowRange, readIndex } from './layout/index-file.ts';
export { LayoutError } from './layout/layout-error.ts';
export type { Chunks } from './layout/lines.ts';
export { readCascades } from './layout/read-cascades.ts';
export { dataText, indexText } from './layout/write-cascades.ts';
export { normal, powerLaw, type Random, randomOf, shuffled } from './math/random.ts';
export { covers, crps, logWidth, mean, median, relativeError } from './metrics.ts';
export { type Forecast, QUANTILE_LEVELS } from './predictors/forecast.ts';
export { METHODS, methodNamed, restorePredictor } from './predictors/methods.ts';
export {
  type Example,
  examplesOf,
  type FitOptions,
  type Follower,
  type Method,
  type Predictor,
  type PredictorJson,
} from './predictors/predictor.ts';
export { exponentialDelay, type Limits, longTailDelay, simulate, type Truth } from './simulate.ts';
