import { type Random, randomOf } from '../math/random.ts';
import { groundOf, growTree, type TreeShape } from './grow-tree.ts';
import type { Table } from './table.ts';
import { leafOf, type Tree } from './tree.ts';

/** How a forest grows; `share` of the features is tried at each node. */
export interface ForestOptions {
  readonly trees: number;
  readonly minLeaf: number;
  readonly share: number;
  readonly seed: number;
  readonly maxDepth?: number;
}

/** A random forest for regression. */
export interface Forest {
  readonly columns: number;
  readonly trees: readonly Tree[];
}

/** A forest with what was seen while growing. */
export interface GrownForest {
  readonly forest: Forest;
  /** For each sample the mean of the trees that did not see it; where all saw it, the mean target. */
  readonly outOfBag: Float64Array;
  /** In how many copies each tree saw each sample. */
  readonly copies: readonly Uint16Array[];
}

/** Breiman's forest: each tree on a bootstrap of the rows. The same seed and data give the same forest. */
export function growForest(table: Table, target: Float64Array, options: ForestOptions): GrownForest {
  if (table.rows === 0 || table.columns === 0) throw new RangeError('a forest needs samples with features');
  const random = randomOf(options.seed);
  const ground = groundOf(table, target);
  const shape = shapeOf(options, table.columns);
  const trees: Tree[] = [];
  const copies: Uint16Array[] = [];
  for (let i = 0; i < options.trees; i++) {
    const bag = bootstrap(table.rows, random);
    copies.push(bag);
    trees.push(growTree(ground, bag, shape, random));
  }
  return {
    forest: { columns: table.columns, trees },
    copies,
    outOfBag: outOfBag({ table, target, trees, copies }),
  };
}

/** The forest's answer for a row of features: the mean over its trees. */
export function predictMean(forest: Forest, row: ArrayLike<number>): number {
  let sum = 0;
  for (const tree of forest.trees) sum += tree.value[leafOf(tree, row)]!;
  return sum / forest.trees.length;
}

function shapeOf({ minLeaf, share, maxDepth }: ForestOptions, columns: number): TreeShape {
  const tries = Math.max(1, Math.min(columns, Math.round(share * columns)));
  return { minLeaf, tries, maxDepth: maxDepth ?? 64 };
}

function bootstrap(rows: number, random: Random): Uint16Array {
  const copies = new Uint16Array(rows);
  for (let i = 0; i < rows; i++) copies[Math.floor(random() * rows)]!++;
  return copies;
}

interface Grown {
  readonly table: Table;
  readonly target: Float64Array;
  readonly trees: readonly Tree[];
  readonly copies: readonly Uint16Array[];
}

function outOfBag({ table, target, trees, copies }: Grown): Float64Array {
  const mean = target.reduce((sum, y) => sum + y, 0) / table.rows;
  const row = new Float64Array(table.columns);
  return Float64Array.from({ length: table.rows }, (_, sample) => {
    for (let f = 0; f < table.columns; f++) row[f] = table.values[f * table.rows + sample]!;
    let sum = 0;
    let count = 0;
    for (const [t, tree] of trees.entries()) {
      if (copies[t]![sample]! > 0) continue;
      sum += tree.value[leafOf(tree, row)]!;
      count++;
    }
    return count > 0 ? sum / count : mean;
  });
}
