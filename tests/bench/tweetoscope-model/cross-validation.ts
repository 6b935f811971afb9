import {
  type Cascade,
  type Example,
  examplesOf,
  type Forecast,
  type Method,
  randomOf,
  shuffled,
} from '../../../systems/tweetoscope/model/index.ts';

/** A forecast of a cascade that its predictor had not seen, next to the truth. */
export interface Trial {
  readonly cascade: number;
  readonly forecast: Forecast;
  readonly size: number;
}

/** Examples whose window had at least the root; built once, so that all methods share their features. */
export interface Task {
  readonly window: number;
  readonly examples: readonly Example[];
}

/** The task of a window (seconds). */
export function taskOf(cascades: readonly Cascade[], window: number): Task {
  return { window, examples: examplesOf(cascades, window) };
}

/** `folds`-fold cross-validation, the folds drawn by `seed`: one trial for each cascade, in their order. */
export function crossValidate(
  method: Method,
  task: Task,
  { folds, seed }: { folds: number; seed: number },
): Trial[] {
  const fold = foldsOf(task.examples.length, folds, seed);
  const trials: Trial[] = [];
  for (let k = 0; k < folds; k++) {
    const training = task.examples.filter((_, i) => fold[i] !== k);
    const predictor = method.fit(training, { window: task.window, seed });
    for (const [i, { prefix, size }] of task.examples.entries()) {
      if (fold[i] === k) trials.push({ cascade: i, forecast: predictor.predict(prefix), size });
    }
  }
  return trials.sort((a, b) => a.cascade - b.cascade);
}

/** The fold (0 … folds−1) of each of `count` examples. */
export function foldsOf(count: number, folds: number, seed: number): Int32Array {
  const order = shuffled(count, randomOf(seed));
  const fold = new Int32Array(count);
  for (const [place, example] of order.entries()) fold[example] = place % folds;
  return fold;
}
