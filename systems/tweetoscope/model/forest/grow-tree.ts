import type { Random } from '../math/random.ts';
import { shuffled } from '../math/random.ts';
import { type Split, SplitFinder } from './split.ts';
import type { Table } from './table.ts';
import type { Tree } from './tree.ts';

/** How a tree grows. */
export interface TreeShape {
  /** Fewest (in-bag) samples of a leaf. */
  readonly minLeaf: number;
  /** Features tried at each node, 1 … columns. */
  readonly tries: number;
  readonly maxDepth: number;
}

/** What every tree of a forest shares. */
export interface Ground {
  readonly table: Table;
  readonly target: Float64Array;
  /** For each feature the samples in ascending order, one feature after the other. */
  readonly order: Int32Array;
}

/** Sorts every feature once for the whole forest. Equal values keep the order of their samples. */
export function groundOf(table: Table, target: Float64Array): Ground {
  const { rows, columns, values } = table;
  const order = new Int32Array(rows * columns);
  for (let f = 0; f < columns; f++) {
    const column = values.subarray(f * rows, (f + 1) * rows);
    const indices = Int32Array.from({ length: rows }, (_, i) => i);
    order.set(
      indices.sort((a, b) => column[a]! - column[b]! || a - b),
      f * rows,
    );
  }
  return { table, target, order };
}

/**
 * CART on the samples with `copies` > 0 (a bootstrap): least squares, depth first. The samples stay sorted by every
 * feature all the way down, so a level costs O(rows × columns).
 */
export function growTree(ground: Ground, copies: Uint16Array, shape: TreeShape, random: Random): Tree {
  return new Grower(ground, copies, shape, random).grow();
}

interface Task {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

class Grower {
  readonly #ground: Ground;
  readonly #shape: TreeShape;
  readonly #random: Random;
  readonly #finder: SplitFinder;
  readonly #sorted: Int32Array;
  readonly #size: number;
  readonly #goesLeft: Uint8Array;
  readonly #spare: Int32Array;
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #left: number[] = [];
  readonly #value: number[] = [];

  constructor(ground: Ground, copies: Uint16Array, shape: TreeShape, random: Random) {
    this.#ground = ground;
    this.#shape = shape;
    this.#random = random;
    this.#sorted = ground.order.filter((sample) => copies[sample]! > 0);
    this.#size = this.#sorted.length / ground.table.columns;
    this.#finder = new SplitFinder(ground, copies, this.#sorted, shape.minLeaf);
    this.#goesLeft = new Uint8Array(ground.table.rows);
    this.#spare = new Int32Array(this.#size);
  }

  grow(): Tree {
    const tasks: Task[] = [{ node: this.#addNode(), from: 0, to: this.#size, depth: 0 }];
    for (let task = tasks.pop(); task; task = tasks.pop()) this.#growNode(task, tasks);
    return {
      feature: Int16Array.from(this.#feature),
      threshold: Float64Array.from(this.#threshold),
      left: Int32Array.from(this.#left),
      value: Float64Array.from(this.#value),
    };
  }

  #growNode({ node, from, to, depth }: Task, tasks: Task[]): void {
    const total = this.#finder.totalOf(from, to);
    this.#value[node] = total.sum / total.weight;
    if (depth >= this.#shape.maxDepth || total.weight < 2 * this.#shape.minLeaf) return;
    const split = this.#finder.best(this.#candidates(), { from, to, ...total });
    if (!split) return;
    const middle = this.#partition(split, from, to);
    const left = this.#addNode();
    const right = this.#addNode();
    this.#feature[node] = split.feature;
    this.#threshold[node] = split.threshold;
    this.#left[node] = left;
    tasks.push(
      { node: right, from: middle, to, depth: depth + 1 },
      { node: left, from, to: middle, depth: depth + 1 },
    );
  }

  #candidates(): Int32Array {
    return shuffled(this.#ground.table.columns, this.#random).subarray(0, this.#shape.tries);
  }

  #addNode(): number {
    this.#threshold.push(0);
    this.#left.push(0);
    this.#value.push(0);
    return this.#feature.push(-1) - 1;
  }

  /** Divides [from, to) of every feature's order, keeping it sorted; returns where the right side begins. */
  #partition(split: Split, from: number, to: number): number {
    const { rows, columns, values } = this.#ground.table;
    const base = split.feature * this.#size;
    for (let i = from; i < to; i++) {
      const sample = this.#sorted[base + i]!;
      this.#goesLeft[sample] = values[split.feature * rows + sample]! <= split.threshold ? 1 : 0;
    }
    let middle = from;
    for (let f = 0; f < columns; f++) middle = this.#partitionFeature(f * this.#size, from, to);
    return middle;
  }

  #partitionFeature(base: number, from: number, to: number): number {
    const sorted = this.#sorted;
    const spare = this.#spare;
    let write = from;
    let kept = 0;
    for (let i = from; i < to; i++) {
      const sample = sorted[base + i]!;
      if (this.#goesLeft[sample]) sorted[base + write++] = sample;
      else spare[kept++] = sample;
    }
    for (let i = 0; i < kept; i++) sorted[base + write + i] = spare[i]!;
    return write;
  }
}
