import { growForest, predictMean } from '../../forest/forest.ts';
import {
  type QuantileForestJson,
  quantileForestFromJson,
  quantileForestToJson,
} from '../../forest/forest-json.ts';
import { type QuantileForest, quantileForest, targetWeights } from '../../forest/quantile-forest.ts';
import { tableOf } from '../../forest/table.ts';
import { fitProcess, type GaussianProcess, predictProcess } from '../../process/gaussian-process.ts';
import { type ProcessJson, processFromJson, processToJson } from '../../process/process-json.ts';
import type { Futures } from '../mixed-law.ts';
import { FEATURE_VIEWS, type FeatureView, viewed } from './views.ts';

/** The learners whose answers ŷ = ln(1 + events to come) are averaged: a forest, and a process for each view. */
export interface Members {
  readonly forest: QuantileForest;
  readonly processes: readonly GaussianProcess[];
}

/** Members as plain JSON. */
export interface MembersJson {
  readonly forest: QuantileForestJson;
  readonly processes: readonly ProcessJson[];
}

/** Rows that a Gaussian process keeps at most (every k-th): its fit costs O(rows³). */
const PROCESS_ROWS = 400;

/** Trains all members; `outOfSample` is their average for each row when that row was left out. */
export function trainMembers(
  rows: readonly Float64Array[],
  target: Float64Array,
  seed: number,
): { members: Members; outOfSample: Float64Array } {
  const options = { trees: 200, minLeaf: 3, share: 0.5, seed };
  const table = tableOf(rows);
  const grown = growForest(table, target, options);
  const fitted = FEATURE_VIEWS.map((view) => trainProcess(rows, target, view));
  const answers = [grown.outOfBag, ...fitted.map(({ outOfSample }) => outOfSample)];
  const outOfSample = target.map(
    (_, i) => answers.reduce((sum, answer) => sum + answer[i]!, 0) / answers.length,
  );
  const processes = fitted.map(({ process }) => process);
  return { members: { forest: quantileForest(grown, table, target), processes }, outOfSample };
}

/** The average answer of the members for a row of features. */
export function predictMembers({ forest, processes }: Members, row: Float64Array): number {
  let sum = predictMean(forest.forest, row);
  for (const [i, process] of processes.entries())
    sum += predictProcess(process, viewed(row, FEATURE_VIEWS[i]!));
  return sum / (processes.length + 1);
}

/** What became of the training cascades that share leaves with a row of features. */
export function similarFutures({ forest }: Members, row: Float64Array): Futures {
  return { targets: forest.targets, weights: targetWeights(forest, row) };
}

/** The JSON form of members. */
export function membersToJson({ forest, processes }: Members): MembersJson {
  return { forest: quantileForestToJson(forest), processes: processes.map(processToJson) };
}

/** The members of a JSON form. Throws RangeError on other versions. */
export function membersFromJson({ forest, processes }: MembersJson): Members {
  return { forest: quantileForestFromJson(forest), processes: processes.map(processFromJson) };
}

function trainProcess(rows: readonly Float64Array[], target: Float64Array, view: FeatureView) {
  const stride = Math.ceil(rows.length / PROCESS_ROWS);
  const inputs = rows.map((row) => viewed(row, view));
  const { process, leaveOneOut } = fitProcess(
    inputs.filter((_, i) => i % stride === 0),
    target.filter((_, i) => i % stride === 0),
  );
  const outOfSample = target.map((_, i) =>
    i % stride === 0 ? leaveOneOut[i / stride]! : predictProcess(process, inputs[i]!),
  );
  return { process, outOfSample };
}
