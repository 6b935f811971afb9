import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normal, randomOf } from '../math/random.ts';
import { type ForestOptions, growForest, predictMean } from './forest.ts';
import {
  FOREST_VERSION,
  forestFromJson,
  forestToJson,
  quantileForestFromJson,
  quantileForestToJson,
} from './forest-json.ts';
import { predictQuantile, quantileForest, targetWeights } from './quantile-forest.ts';
import { tableOf } from './table.ts';

const OPTIONS: ForestOptions = { trees: 60, minLeaf: 3, share: 0.6, seed: 1 };

function data(count: number, seed: number) {
  const random = randomOf(seed);
  const rows = Array.from({ length: count }, () => Float64Array.from({ length: 4 }, () => normal(random)));
  const target = Float64Array.from(rows, (x) => 3 * Math.sign(x[0]!) + x[1]! + 0.3 * normal(random));
  return { rows, target, table: tableOf(rows) };
}

test('one full tree learns a step exactly, with the threshold half-way', () => {
  const rows = [[1], [2], [3], [10], [11], [12]];
  const table = tableOf(rows);
  const { forest } = growForest(table, Float64Array.of(0, 0, 0, 5, 5, 5), {
    trees: 40,
    minLeaf: 1,
    share: 1,
    seed: 4,
  });
  assert.ok(predictMean(forest, [2]) < 0.5);
  assert.ok(predictMean(forest, [11]) > 4.5);
});

test('the forest predicts unseen samples, and its out-of-bag error says how well', () => {
  const train = data(500, 1);
  const fresh = data(300, 2);
  const { forest, outOfBag } = growForest(train.table, train.target, OPTIONS);
  const squared = (answers: ArrayLike<number>, truth: Float64Array) =>
    truth.reduce((sum, y, i) => sum + (y - answers[i]!) ** 2, 0) / truth.length;
  const unseen = squared(
    fresh.rows.map((row) => predictMean(forest, row)),
    fresh.target,
  );
  const claimed = squared(outOfBag, train.target);
  assert.ok(unseen < 1.5, `mean squared error ${unseen}, the target's variance is about 10`);
  assert.ok(claimed / unseen > 0.6 && claimed / unseen < 1.7, `claimed ${claimed}, found ${unseen}`);
});

test('the same seed grows the same forest, another seed another one', () => {
  const { table, target } = data(200, 3);
  const json = (seed: number) =>
    JSON.stringify(forestToJson(growForest(table, target, { ...OPTIONS, seed }).forest));
  assert.equal(json(5), json(5));
  assert.notEqual(json(5), json(6));
});

test('leaves hold at least minLeaf copies, and equal values are never divided', () => {
  const rows = Array.from({ length: 50 }, (_, i) => [i < 30 ? 1 : 2]);
  const { forest } = growForest(
    tableOf(rows),
    Float64Array.from(rows, (_, i) => i),
    { ...OPTIONS, share: 1 },
  );
  for (const tree of forest.trees) assert.ok(tree.feature.length <= 3, 'one split at most');
});

test('JSON keeps every answer bit by bit; another version and damaged trees are refused', () => {
  const { rows, table, target } = data(150, 6);
  const grown = growForest(table, target, OPTIONS);
  const json = JSON.parse(JSON.stringify(forestToJson(grown.forest)));
  const restored = forestFromJson(json);
  for (const row of rows) assert.equal(predictMean(restored, row), predictMean(grown.forest, row));
  assert.throws(
    () => forestFromJson({ ...json, version: FOREST_VERSION + 1 }),
    /expected a forest of version 1/,
  );
  json.trees[0].left[0] = 0;
  assert.throws(() => forestFromJson(json), /tree 0 is damaged/);
});

test('quantiles never fall with their level, weights sum to 1, and JSON keeps them', () => {
  const { rows, table, target } = data(200, 7);
  const quantiles = quantileForest(growForest(table, target, OPTIONS), table, target);
  const restored = quantileForestFromJson(JSON.parse(JSON.stringify(quantileForestToJson(quantiles))));
  const damaged = JSON.parse(JSON.stringify(quantileForestToJson(quantiles)));
  damaged.leaves[2][0] = 1e6;
  assert.throws(() => quantileForestFromJson(damaged), /leaves do not fit its trees/);
  for (const row of rows.slice(0, 30)) {
    const total = targetWeights(quantiles, row).reduce((sum, weight) => sum + weight, 0);
    assert.ok(Math.abs(total - 1) < 1e-9);
    const values = [0.05, 0.25, 0.5, 0.75, 0.95].map((level) => predictQuantile(quantiles, row, level));
    assert.deepEqual(
      [...values].sort((a, b) => a - b),
      values,
    );
    assert.equal(predictQuantile(restored, row, 0.5), values[2]);
  }
});

test('a table refuses ragged rows and values that are no number', () => {
  assert.throws(() => tableOf([[1, 2], [1]]), /row 1 has 1 values, the first 2/);
  assert.throws(() => tableOf([[1], [Number.NaN]]), /row 1, feature 0: NaN is no number/);
});
