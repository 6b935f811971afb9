import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cascade, cascadeOf, prefixOf } from '../../cascade.ts';
import { randomOf } from '../../math/random.ts';
import { mean, relativeError } from '../../metrics.ts';
import { exponentialDelay, simulate } from '../../simulate.ts';
import { methodNamed, restorePredictor } from '../methods.ts';
import { population } from '../population.ts';
import { examplesOf } from '../predictor.ts';

const WINDOW = 600;
const large = population(400, 21).filter(({ times }) => times.length > 300);
const small = population(60, 22, 3000);

test('trained on large cascades only, it is never 100 times too high for small ones', () => {
  const predictor = methodNamed('blend').fit(examplesOf(large, WINDOW), { window: WINDOW });
  for (const { prefix, size } of examplesOf(small, WINDOW)) {
    const forecast = predictor.predict(prefix);
    assert.ok(forecast.size / size < 100, `${forecast.size} for a cascade of ${size}`);
    assert.ok(forecast.low <= forecast.size && forecast.size <= forecast.high);
  }
});

test('it beats log-linear on cascades it has not seen', () => {
  const [training, fresh] = [population(120, 31), population(150, 32)];
  const error = (name: string) => {
    const predictor = methodNamed(name).fit(examplesOf(training, WINDOW), { window: WINDOW });
    return mean(
      examplesOf(fresh, WINDOW).map(({ prefix, size }) =>
        relativeError(predictor.predict(prefix).size, size),
      ),
    );
  };
  assert.ok(error('blend') < error('log-linear'), `${error('blend')} against ${error('log-linear')}`);
});

test('two small cascades among large ones do not make small ones familiar', () => {
  const mixed = [
    ...large.slice(0, 60),
    cascadeOf([[0, 100]]),
    cascadeOf([
      [0, 200],
      [9, 4],
    ]),
  ];
  const predictor = methodNamed('blend').fit(examplesOf(mixed, WINDOW), { window: WINDOW });
  for (const { prefix, size } of examplesOf(small, WINDOW)) {
    assert.ok(predictor.predict(prefix).size / size < 100);
  }
});

test('where cascades are slow and grow a hundredfold after the window, it says so as log-linear does', () => {
  const [training, fresh] = [slow(100, 41), slow(100, 42)].map((cascades) => examplesOf(cascades, 300));
  const error = (name: string) => {
    const predictor = methodNamed(name).fit(training!, { window: 300 });
    return mean(fresh!.map(({ prefix, size }) => relativeError(predictor.predict(prefix).size, size)));
  };
  assert.ok(error('blend') < 1.1 * error('log-linear'), `${error('blend')} against ${error('log-linear')}`);
});

test('a model kept by an older version, which did not keep what is usual, still answers', () => {
  const predictor = methodNamed('blend').fit(examplesOf(slow(30, 43), 300), { window: 300 });
  const json = JSON.parse(JSON.stringify(predictor));
  delete json.point.usual;
  const { size } = restorePredictor(json).predict(prefixOf(slow(1, 44)[0]!, 300));
  assert.ok(size >= 1 && Number.isFinite(size));
});

test('cascades that are all alike, or all of one event, are learned without harm', () => {
  const alike: Cascade = cascadeOf(Array.from({ length: 50 }, (_, i) => [i * 60, 100] as const));
  const alone = cascadeOf([[0, 10]]);
  for (const cascade of [alike, alone]) {
    const predictor = methodNamed('blend').fit(examplesOf(new Array(40).fill(cascade), WINDOW), {
      window: WINDOW,
    });
    const { size, low, high } = predictor.predict({ ...prefixOf(cascade, WINDOW) });
    for (const value of [size, low, high])
      assert.ok(Math.abs(value / cascade.times.length - 1) < 0.05, String(value));
  }
});

/** Cascades whose children come hours later: two events at five minutes, 260 in the end. */
function slow(count: number, seed: number): Cascade[] {
  const random = randomOf(seed);
  const truth = { p: 0.02, root: 5000, marks: { alpha: 2.4, mu: 10 }, delay: exponentialDelay(1 / 36_000) };
  return Array.from({ length: count }, () => simulate(truth, { horizon: 604_800, events: 20_000 }, random));
}
