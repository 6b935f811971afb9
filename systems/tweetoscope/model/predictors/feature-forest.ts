import { type Forest, growForest, predictMean } from '../forest/forest.ts';
import { type ForestJson, forestFromJson, forestToJson } from '../forest/forest-json.ts';
import { tableOf } from '../forest/table.ts';
import { hawkesBranching } from './hawkes-methods.ts';
import type { PointMethod, PointModel } from './point-method.ts';

/** A forest on ln(1 + N − n) over SEISMIC's, Hawkes' and count features: the last row of the document's table. */
export const featureForest: PointMethod = {
  name: 'feature-forest',
  rule: 'own answer',
  needsEvents: false,
  fewestSamples: 10,
  train(samples, { seed }) {
    const table = tableOf(samples.map(({ view }) => view.features));
    const targets = Float64Array.from(samples, ({ target }) => target);
    const { forest, outOfBag } = growForest(table, targets, { trees: 200, minLeaf: 3, share: 0.5, seed });
    return { model: modelOf(forest), outOfSample: outOfBag.map(Math.expm1) };
  },
  restore: (json) => modelOf(forestFromJson(json as ForestJson)),
  untrained: () => hawkesBranching.untrained(),
};

function modelOf(forest: Forest): PointModel {
  return {
    ahead: ({ features }) => Math.expm1(predictMean(forest, features)),
    toJSON: () => forestToJson(forest),
  };
}
