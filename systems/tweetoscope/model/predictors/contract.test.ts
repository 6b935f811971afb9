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

const REFUSED: [times: number[], marks: number[], message: RegExp][] = [
  [[], [], /at least its root/],
  [[0, -5, 3], [1, 2, 3], /not before the root's 0, got -5/],
  [[0, Number.NaN], [1, 2], /not before the root's 0, got NaN/],
  [[100, 150], [1, 2], /root must be at time 0, got 100/],
  [[0, 1, 2], [1], /3 times but 1 marks/],
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
      const fitted = method.fit(
        TRAINING.map((example) => inOtherUnit(example)),
        { window: WINDOW / UNIT, secondsPerUnit: UNIT },
      );
      for (const prefix of FRESH) {
        assert.deepEqual(fitted.predict(inOtherUnit({ prefix, size: 1 }).prefix), predictor.predict(prefix));
      }
    });

    test('nor does one that binary numbers divide only nearly: minutes, hours, days', () => {
      for (const unit of [60, 3600, 86_400]) {
        const inUnit = ({ prefix, size }: Example) => inOtherUnit({ prefix, size }, unit);
        const fitted = method.fit(TRAINING.map(inUnit), { window: WINDOW / unit, secondsPerUnit: unit });
        for (const prefix of FRESH) {
          assert.deepEqual(fitted.predict(inUnit({ prefix, size: 1 }).prefix), predictor.predict(prefix));
        }
      }
    });

    test('late events are sorted in, and what is no cascade is refused with a reason', () => {
      const straight = prefixOf(
        cascadeOf([
          [0, 9],
          [20, 30],
          [50, 20],
          [300, 40],
        ]),
        WINDOW,
      );
      const late = {
        ...straight,
        times: Float64Array.of(0, 50, 20, 300),
        marks: Float64Array.of(9, 20, 30, 40),
      };
      assert.deepEqual(predictor.predict(late), predictor.predict(straight));
      const tooLong = {
        times: Float64Array.of(0, 20, 50, 300, 1201),
        marks: Float64Array.of(9, 30, 20, 40, 1),
        until: WINDOW,
      };
      assert.deepEqual(predictor.predict(tooLong), predictor.predict(straight));
      for (const [times, marks, message] of REFUSED) {
        const prefix = { times: Float64Array.from(times), marks: Float64Array.from(marks), until: WINDOW };
        assert.throws(() => predictor.predict(prefix), { name: 'RangeError', message });
      }
      for (const window of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        assert.throws(() => method.fit(TRAINING, { window }), /RangeError: a window must be longer than 0/);
      }
      for (const level of [0, 1, 90, Number.NaN]) {
        assert.throws(
          () => method.fit(TRAINING, { window: WINDOW, level }),
          /RangeError: a level must lie between 0 and 1/,
        );
      }
      const unknown = { prefix: straight, size: Number.NaN };
      assert.throws(() => method.fit([unknown], { window: WINDOW }), /RangeError: example 0: NaN is no size/);
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

function inOtherUnit({ prefix, size }: Example, unit = UNIT): Example {
  const { times, marks, until } = prefix;
  return { prefix: { times: times.map((time) => time / unit), marks, until: until / unit }, size };
}
