import type { Forest, GrownForest } from './forest.ts';
import type { Table } from './table.ts';
import { leafOf } from './tree.ts';

/** A forest that remembers which samples fell into which leaf (Meinshausen, JMLR 2006). */
export interface QuantileForest {
  readonly forest: Forest;
  /** The samples' targets, ascending. */
  readonly targets: Float64Array;
  /** For each tree the leaf of each sample, in the order of `targets`; −1 where the tree did not see it. */
  readonly leaves: readonly Int32Array[];
  /** The same the other way round, so that a prediction touches only its own leaf's samples. */
  readonly members: readonly LeafMembers[];
}

/** Samples by leaf: those of leaf l are samples[start[l]] … samples[start[l + 1] − 1]. */
export interface LeafMembers {
  readonly start: Int32Array;
  readonly samples: Int32Array;
}

/** The members of each leaf of a tree with `nodes` nodes, ascending. */
export function membersOf(leaves: Int32Array, nodes: number): LeafMembers {
  const start = new Int32Array(nodes + 1);
  for (const leaf of leaves) if (leaf >= 0) start[leaf + 1]!++;
  for (let leaf = 0; leaf < nodes; leaf++) start[leaf + 1]! += start[leaf]!;
  const samples = new Int32Array(start[nodes]!);
  const next = start.slice();
  for (const [sample, leaf] of leaves.entries()) if (leaf >= 0) samples[next[leaf]!++] = sample;
  return { start, samples };
}

/** Adds to a grown forest what quantiles need: each leaf keeps its in-bag samples. */
export function quantileForest(grown: GrownForest, table: Table, target: Float64Array): QuantileForest {
  const order = Int32Array.from(target, (_, i) => i).sort((a, b) => target[a]! - target[b]! || a - b);
  const row = new Float64Array(table.columns);
  const leaves = grown.forest.trees.map((tree, t) =>
    order.map((sample) => {
      if (grown.copies[t]![sample] === 0) return -1;
      for (let f = 0; f < table.columns; f++) row[f] = table.values[f * table.rows + sample]!;
      return leafOf(tree, row);
    }),
  );
  const members = leaves.map((leaf, t) => membersOf(leaf, grown.forest.trees[t]!.feature.length));
  return { forest: grown.forest, targets: Float64Array.from(order, (i) => target[i]!), leaves, members };
}

/** The weight of every training target (in the order of `targets`) for a row of features; they sum to 1. */
export function targetWeights(quantiles: QuantileForest, row: ArrayLike<number>): Float64Array {
  const weights = new Float64Array(quantiles.targets.length);
  const { trees } = quantiles.forest;
  for (const [t, tree] of trees.entries()) {
    const leaf = leafOf(tree, row);
    const { start, samples } = quantiles.members[t]!;
    const [from, to] = [start[leaf]!, start[leaf + 1]!];
    for (let i = from; i < to; i++) weights[samples[i]!]! += 1 / ((to - from) * trees.length);
  }
  return weights;
}

/** The conditional quantile of the target at `level` in (0, 1); never falls as the level rises. */
export function predictQuantile(quantiles: QuantileForest, row: ArrayLike<number>, level: number): number {
  const weights = targetWeights(quantiles, row);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i]!;
    if (sum >= level - 1e-12) return quantiles.targets[i]!;
  }
  return quantiles.targets.at(-1)!;
}
