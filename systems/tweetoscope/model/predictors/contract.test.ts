import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cascadeOf, type Prefix, prefixOf } from '../cascade.ts';
import { QUANTILE_LEVELS } from './forecast.ts';
import { METHODS, methodNamed, restorePredictor } from './methods.ts';
import { population } from './population.ts';
import { type Example, examplesOf } from './predictor.ts';

const WINDOW = 1200;
const UNIT = 64;
const TRAINING = examplesOf(population(60, 1), WINDOW);
const FRESH = examplesOf(population(25, 2), WINDOW).map(({ prefix }) => prefix);
const ODD: Prefix[] = [
  prefixOf(cascadeOf([[0, 578_095]]), WINDOW),
  prefixOf(
    cascadeOf([[0, Number.NaN], ...Array.from({ length: 40 }, (_, i) => [i, Number.NaN] as const)]),
    WINDOW,
  ),
  prefixOf(cascadeOf([[0, 0], ...Array.from({ length: 300 }, () => [0, 0] as const)]), WINDOW),
  prefixOf(cascadeOf([[0, 5e6], ...Array.from({ length: 3000 }, (_, i) => [i / 3, 5e6] as const)]), WINDOW),
];

for (const method of METHODS) {
  describe(method.name, () => {
    const predictor = method.fit(TRAINING, { window: WINDOW });

    test('sizes are finite and at least those seen; intervals and quantiles are in order', () => {
      for (const prefix of [...FRESH, ...ODD]) checkOrder(predictor.predict(prefix), prefix.times.length);
    });

    test('without examples and with three it still answers; without any it says plain', () => {
      for (const examples of [[], TRAINING.slice(0, 3)]) {
        const fitted = method.fit(examples, { window: WINDOW });
        for (const prefix of [...FRESH.slice(0, 4), ...ODD])
          checkOrder(fitted.predict(prefix), prefix.times.length);
        if (examples.length === 0) assert.equal(fitted.predict(FRESH[0]!).basis, 'plain');
      }
    });

    test('JSON keeps every forecast bit by bit, trained or not', () => {
      for (const fitted of [predictor, method.fit([], { window: WINDOW })]) {
        const restored = restorePredictor(JSON.parse(JSON.stringify(fitted)));
        for (const prefix of FRESH) assert.deepEqual(restored.predict({ ...prefix }), fitted.predict(prefix));
      }
    });

    test('following a cascade event by event gives the forecast of the whole prefix', () => {
      for (const fitted of [predictor, method.fit([], { window: WINDOW })]) {
        for (const prefix of FRESH.slice(0, 5)) {
          const follower = fitted.follow(prefix.marks[0]!);
          for (let i = 1; i < prefix.times.length; i++) follower.add(prefix.times[i]!, prefix.marks[i]!);
          assert.equal(follower.add(WINDOW + 1, 10), false);
          assert.deepEqual(orderedTies(follower.forecast()), orderedTies(fitted.predict(prefix)));
        }
      }
    });

    test('another order of tied events changes nothing', () => {
      for (const prefix of FRESH)
        assert.deepEqual(predictor.predict(withTiesReversed(prefix)), predictor.predict(prefix));
    });

    test('time in another unit changes nothing (64 s, which binary numbers divide by exactly)', () => {
      const fitted = method.fit(TRAINING.map(inOtherUnit), { window: WINDOW / UNIT, secondsPerUnit: UNIT });
      for (const prefix of FRESH) {
        assert.deepEqual(fitted.predict(inOtherUnit({ prefix, size: 1 }).prefix), predictor.predict(prefix));
      }
    });

    test('the same seed and examples give the same predictor', () => {
      const again = method.fit(TRAINING, { window: WINDOW });
      assert.deepEqual(again.predict(FRESH[0]!), predictor.predict(FRESH[0]!));
    });

    test('as events arrive, no forecast falls below what is seen', () => {
      const { times, marks } = FRESH.reduce((a, b) => (a.times.length > b.times.length ? a : b));
      assert.ok(times.length > 100);
      const follower = predictor.follow(marks[0]!);
      for (let i = 1; i < times.length; i++) {
        follower.add(times[i]!, marks[i]!);
        if (i % 10 === 0) checkOrder(follower.forecast(), i + 1);
      }
    });
  });
}

test('an unknown method and a JSON of another version are refused by name', () => {
  assert.throws(() => methodNamed('magic'), /no method "magic"; known: constant, log-linear/);
  const json = methodNamed('constant').fit(TRAINING, { window: WINDOW }).toJSON();
  assert.throws(() => restorePredictor({ ...json, version: 2 }), /version 1, got version 2/);
});

function checkOrder(
  forecast: ReturnType<ReturnType<(typeof METHODS)[number]['fit']>['predict']>,
  seen: number,
): void {
  const { size, low, high, quantiles } = forecast;
  for (const value of [size, low, high, ...quantiles]) {
    assert.ok(Number.isFinite(value) && value >= seen, `${value} with ${seen} seen`);
  }
  assert.ok(low <= high);
  assert.equal(quantiles.length, QUANTILE_LEVELS.length);
  assert.deepEqual(
    [...quantiles].sort((a, b) => a - b),
    quantiles,
  );
}

/** Followed and whole prefixes may differ by rounding in how a tie's marks were added up: compare 12 digits. */
function orderedTies<T extends { size: number; low: number; high: number }>({
  size,
  low,
  high,
}: T): string[] {
  return [size, low, high].map((value) => value.toPrecision(12));
}

function withTiesReversed(prefix: Prefix): Prefix {
  const marks = prefix.marks.slice();
  const { times } = prefix;
  for (let start = 1, end = 1; start < times.length; start = end) {
    while (end < times.length && times[end] === times[start]) end++;
    marks.subarray(start, end).reverse();
  }
  return { ...prefix, marks };
}

function inOtherUnit({ prefix, size }: Example): Example {
  const { times, marks, until } = prefix;
  return { prefix: { times: times.map((time) => time / UNIT), marks, until: until / UNIT }, size };
}
