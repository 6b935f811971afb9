import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cascade, cascadeOf, prefixOf } from '../../cascade.ts';
import { mean, relativeError } from '../../metrics.ts';
import { methodNamed } from '../methods.ts';
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
