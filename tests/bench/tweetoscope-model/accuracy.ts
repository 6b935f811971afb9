import { type Cascade, mean, median, methodNamed } from '../../../systems/tweetoscope/model/index.ts';
import { crossValidate, type Task, type Trial, taskOf } from './cross-validation.ts';
import { type Difference, pairedDifference, type Score, scoreOf } from './scores.ts';

/** What to compare. */
export interface AccuracyOptions {
  readonly windows: readonly number[];
  readonly methods: readonly string[];
  readonly seeds: number;
  readonly folds: number;
}

/** How far our method is ahead of another one at a window; negative is better. */
export interface Comparison {
  readonly window: number;
  readonly against: string;
  readonly median: Difference;
  readonly mean: Difference;
}

/** All scores, our method against each other one, and its trials of the first fold seed for the report's fans. */
export interface Accuracy {
  readonly scores: readonly Score[];
  readonly comparisons: readonly Comparison[];
  readonly fans: readonly { readonly task: Task; readonly trials: readonly Trial[] }[];
}

/** The method that the others are compared with. */
export const OURS = 'blend';

/** Cross-validates every method at every window over all fold seeds; `tell` hears each score as it is known. */
export function measureAccuracy(
  cascades: readonly Cascade[],
  options: AccuracyOptions,
  tell: (score: Score) => void,
): Accuracy {
  const scores: Score[] = [];
  const fans: Accuracy['fans'][number][] = [];
  for (const window of options.windows) {
    const task = taskOf(cascades, window);
    for (const name of options.methods) {
      const runs = Array.from({ length: options.seeds }, (_, i) =>
        crossValidate(methodNamed(name), task, { folds: options.folds, seed: i + 1 }),
      );
      const score = scoreOf(name, window, runs);
      scores.push(score);
      tell(score);
      if (name === OURS) fans.push({ task, trials: runs[0]! });
    }
  }
  return { scores, comparisons: comparisonsOf(scores), fans };
}

function comparisonsOf(scores: readonly Score[]): Comparison[] {
  return scores.flatMap((score) => {
    const ours = scores.find(({ method, window }) => method === OURS && window === score.window);
    if (!ours || score.method === OURS) return [];
    return {
      window: score.window,
      against: score.method,
      median: pairedDifference(ours.errors, score.errors, median),
      mean: pairedDifference(ours.errors, score.errors, mean),
    };
  });
}
