import type { Ground } from './grow-tree.ts';

/** Where a node divides: value ≤ threshold goes left. */
export interface Split {
  readonly feature: number;
  readonly threshold: number;
}

/** A node: its samples' places in every order, its number of copies and the sum of their targets. */
export interface NodeSums {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
  readonly sum: number;
}

/** Finds the split that lowers the squared error most. */
export class SplitFinder {
  readonly #ground: Ground;
  readonly #copies: Uint16Array;
  readonly #sorted: Int32Array;
  readonly #size: number;
  readonly #minLeaf: number;

  constructor(ground: Ground, copies: Uint16Array, sorted: Int32Array, minLeaf: number) {
    this.#ground = ground;
    this.#copies = copies;
    this.#sorted = sorted;
    this.#size = sorted.length / ground.table.columns;
    this.#minLeaf = minLeaf;
  }

  totalOf(from: number, to: number): { weight: number; sum: number } {
    let weight = 0;
    let sum = 0;
    for (let i = from; i < to; i++) {
      const sample = this.#sorted[i]!;
      const copies = this.#copies[sample]!;
      weight += copies;
      sum += copies * this.#ground.target[sample]!;
    }
    return { weight, sum };
  }

  /** The best split among the features; undefined where none leaves `minLeaf` copies on both sides or gains anything. */
  best(features: Int32Array, node: NodeSums): Split | undefined {
    const still = (node.sum * node.sum) / node.weight;
    let best: (Split & { score: number }) | undefined;
    for (const feature of features) {
      const found = this.#bestOf(feature, node, best?.score ?? still + 1e-12 * Math.abs(still) + 1e-300);
      if (found) best = found;
    }
    return best;
  }

  #bestOf(feature: number, node: NodeSums, toBeat: number): (Split & { score: number }) | undefined {
    const sorted = this.#sorted;
    const copies = this.#copies;
    const { target, table } = this.#ground;
    const base = feature * this.#size;
    const column = feature * table.rows;
    let [score, place] = [toBeat, -1];
    let [weight, sum] = [0, 0];
    for (let i = node.from; i < node.to - 1; i++) {
      const sample = sorted[base + i]!;
      weight += copies[sample]!;
      sum += copies[sample]! * target[sample]!;
      if (weight < this.#minLeaf) continue;
      const rest = node.weight - weight;
      if (rest < this.#minLeaf) break;
      const other = node.sum - sum;
      const candidate = (sum * sum) / weight + (other * other) / rest;
      if (candidate <= score) continue;
      if (table.values[column + sample]! === table.values[column + sorted[base + i + 1]!]!) continue;
      [score, place] = [candidate, i];
    }
    if (place < 0) return undefined;
    const low = table.values[column + sorted[base + place]!]!;
    const high = table.values[column + sorted[base + place + 1]!]!;
    const middle = low + (high - low) / 2;
    return { feature, threshold: middle < high ? middle : low, score };
  }
}
