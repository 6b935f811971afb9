import {
  forestFromJson,
  forestToJson,
  growForest,
  median,
  normal,
  predictMean,
  randomOf,
  tableOf,
} from '../../../systems/tweetoscope/model/index.ts';

/** Times of a forest of 100 trees on 2,000 samples × 12 features. */
export interface ForestTime {
  /** ms to train, median of 5. */
  readonly trainMs: number;
  /** µs to predict one row. */
  readonly predictUs: number;
  /** ms to read it from its JSON text. */
  readonly loadMs: number;
  readonly jsonBytes: number;
  /** 1 − out-of-bag error/variance on a noisy target: that it learned something. */
  readonly r2: number;
}

/** Measures the forest. */
export function forestTime(): ForestTime {
  const random = randomOf(1);
  const rows = Array.from({ length: 2000 }, () => Float64Array.from({ length: 12 }, () => normal(random)));
  const target = Float64Array.from(rows, (x) => Math.sin(2 * x[0]!) + x[1]! * x[2]! + 0.5 * normal(random));
  const table = tableOf(rows);
  const train = () => growForest(table, target, { trees: 100, minLeaf: 3, share: 1 / 3, seed: 1 });
  const { forest, outOfBag } = train();
  const text = JSON.stringify(forestToJson(forest));
  return {
    trainMs: median(Array.from({ length: 5 }, () => elapsed(train))),
    predictUs: (elapsed(() => rows.map((row) => predictMean(forest, row))) * 1000) / rows.length,
    loadMs: elapsed(() => forestFromJson(JSON.parse(text))),
    jsonBytes: text.length,
    r2: explained(target, outOfBag),
  };
}

function elapsed(task: () => unknown): number {
  const start = performance.now();
  task();
  return performance.now() - start;
}

function explained(target: Float64Array, answers: Float64Array): number {
  const mean = target.reduce((sum, y) => sum + y, 0) / target.length;
  const total = target.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  return 1 - target.reduce((sum, y, i) => sum + (y - answers[i]!) ** 2, 0) / total;
}
