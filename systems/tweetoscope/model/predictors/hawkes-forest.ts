import type { Prefix } from '../cascade.ts';
import { type Forest, growForest, predictMean } from '../forest/forest.ts';
import { type ForestJson, forestFromJson, forestToJson } from '../forest/forest-json.ts';
import { tableOf } from '../forest/table.ts';
import { fitMap, reportBounds } from '../hawkes/fit.ts';
import { outlook } from '../hawkes/forecast.ts';
import { meanMark, REPORT_MARKS } from '../hawkes/marks.ts';
import { hawkesMap } from './hawkes-methods.ts';
import type { PointMethod, PointModel, Sample } from './point-method.ts';

/** The report's predictor: a forest on X = (β, n*, G1) for ω = (N−n)(1−n*)/G1; N̂ = n + ω̂ G1/(1−n*). */
export const hawkesForest: PointMethod = {
  name: 'hawkes-forest',
  rule: 'own answer',
  needsEvents: true,
  fewestSamples: 10,
  train(samples, { seed }) {
    const states = samples.map(({ view }) => stateOf(view.prefix));
    const omegas = Float64Array.from(samples, (sample, i) => omegaOf(sample, states[i]!.direct));
    const table = tableOf(states.map(({ x }) => x));
    const { forest, outOfBag } = growForest(table, omegas, { trees: 100, minLeaf: 3, share: 1, seed });
    return { model: modelOf(forest), outOfSample: outOfBag.map((omega, i) => omega * states[i]!.direct) };
  },
  restore: (json) => modelOf(forestFromJson(json as ForestJson)),
  untrained: () => hawkesMap.untrained(),
};

interface State {
  readonly x: Float64Array;
  /** G1/(1−n*), events; at least 1e-6. */
  readonly direct: number;
}

const MEAN = meanMark(REPORT_MARKS);
const states = new WeakMap<Prefix, State>();

function stateOf(prefix: Prefix): State {
  const known = states.get(prefix);
  if (known) return known;
  const fit = fitMap(prefix, reportBounds(MEAN));
  const { branching, direct } = outlook(prefix, fit, MEAN, 1);
  const state = {
    x: Float64Array.of(fit.beta, branching, direct),
    direct: Math.max(1e-6, direct / (1 - Math.min(branching, 1 - 1e-7))),
  };
  states.set(prefix, state);
  return state;
}

function omegaOf({ view, size }: Sample, direct: number): number {
  return Math.max(0, size - view.size) / direct;
}

function modelOf(forest: Forest): PointModel {
  return {
    ahead: ({ prefix }) => {
      const { x, direct } = stateOf(prefix);
      return predictMean(forest, x) * direct;
    },
    toJSON: () => forestToJson(forest),
  };
}
