/** A regression tree in flat arrays; node 0 is the root, a leaf has feature −1, `value` is the mean of its samples. */
export interface Tree {
  readonly feature: Int16Array;
  readonly threshold: Float64Array;
  /** The left child (value ≤ threshold); the right one follows it. */
  readonly left: Int32Array;
  readonly value: Float64Array;
}

/** The leaf (node number) a row of features falls into. */
export function leafOf(tree: Tree, row: ArrayLike<number>): number {
  let node = 0;
  for (let f = tree.feature[0]!; f >= 0; f = tree.feature[node]!) {
    node = tree.left[node]! + (row[f]! <= tree.threshold[node]! ? 0 : 1);
  }
  return node;
}
