import type { Forest } from './forest.ts';
import { membersOf, type QuantileForest } from './quantile-forest.ts';
import type { Tree } from './tree.ts';

/** The version of the JSON form that this code writes, and the only one it reads. */
export const FOREST_VERSION = 1;

/** A forest as plain JSON; numbers survive the round trip bit by bit. */
export interface ForestJson {
  readonly format: 'forest';
  readonly version: number;
  readonly columns: number;
  readonly trees: readonly { feature: number[]; threshold: number[]; left: number[]; value: number[] }[];
}

/** A quantile forest as plain JSON. */
export interface QuantileForestJson extends Omit<ForestJson, 'format'> {
  readonly format: 'quantile-forest';
  readonly targets: number[];
  readonly leaves: number[][];
}

/** The JSON form of a forest. */
export function forestToJson(forest: Forest): ForestJson {
  const trees = forest.trees.map(({ feature, threshold, left, value }) => ({
    feature: [...feature],
    threshold: [...threshold],
    left: [...left],
    value: [...value],
  }));
  return { format: 'forest', version: FOREST_VERSION, columns: forest.columns, trees };
}

/** The forest of a JSON form. Throws RangeError on another format or version and on nodes that point nowhere. */
export function forestFromJson(json: ForestJson | QuantileForestJson): Forest {
  if (json?.version !== FOREST_VERSION || !Array.isArray(json.trees) || json.trees.length === 0) {
    throw new RangeError(`expected a forest of version ${FOREST_VERSION}, got version ${json?.version}`);
  }
  return {
    columns: json.columns,
    trees: json.trees.map((tree, i) => checked(treeOf(tree), json.columns, i)),
  };
}

/** The JSON form of a quantile forest. */
export function quantileForestToJson(quantiles: QuantileForest): QuantileForestJson {
  return {
    ...forestToJson(quantiles.forest),
    format: 'quantile-forest',
    targets: [...quantiles.targets],
    leaves: quantiles.leaves.map((leaves) => [...leaves]),
  };
}

/** The quantile forest of a JSON form; throws as forestFromJson does. */
export function quantileForestFromJson(json: QuantileForestJson): QuantileForest {
  const forest = forestFromJson(json);
  const leaves = json.leaves.map((leaf) => Int32Array.from(leaf));
  const sound = leaves.every(
    (leaf, t) =>
      leaf.length === json.targets.length &&
      leaf.every((node) => node < (forest.trees[t]?.feature.length ?? 0)),
  );
  if (!sound || leaves.length !== forest.trees.length) {
    throw new RangeError('the quantile forest is damaged: its leaves do not fit its trees');
  }
  const members = leaves.map((leaf, t) => membersOf(leaf, forest.trees[t]!.feature.length));
  return { forest, targets: Float64Array.from(json.targets), leaves, members };
}

function treeOf(tree: ForestJson['trees'][number]): Tree {
  return {
    feature: Int16Array.from(tree.feature),
    threshold: Float64Array.from(tree.threshold),
    left: Int32Array.from(tree.left),
    value: Float64Array.from(tree.value),
  };
}

/** Children always follow their parent, so a checked tree can't loop. */
function checked(tree: Tree, columns: number, number: number): Tree {
  const nodes = tree.feature.length;
  const lengths = [tree.threshold.length, tree.left.length, tree.value.length];
  let sound = nodes > 0 && lengths.every((length) => length === nodes);
  for (let i = 0; i < nodes && sound; i++) {
    const inner = tree.feature[i]! >= 0;
    sound = !inner || (tree.feature[i]! < columns && tree.left[i]! > i && tree.left[i]! + 1 < nodes);
  }
  if (!sound) throw new RangeError(`tree ${number} is damaged: its nodes do not fit together`);
  return tree;
}
