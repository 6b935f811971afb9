import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Prefix, prefixOf } from '../cascade.ts';
import { fitMle } from '../hawkes/fit.ts';
import { density } from '../kernel/seismic-kernel.ts';
import { randomOf } from '../math/random.ts';
import { referenceCascade } from '../reference-cascade.ts';
import { FEATURE_NAMES, featuresOf, PrefixObserver } from './observer.ts';
import { SeismicSums } from './seismic-sums.ts';

const feature = (row: Float64Array, name: (typeof FEATURE_NAMES)[number]) =>
  row[FEATURE_NAMES.indexOf(name)]!;

/** Reactions within minutes, then a week of silence: what is left of them is less than a number can hold. */
const EXHAUSTED = {
  times: Float64Array.of(0, 60, 180, 240, 420, 600, 780, 1000, 1300),
  marks: new Float64Array(9).fill(10),
};

test('every feature is finite, whatever the prefix', () => {
  const odd: Prefix[] = [
    prefixOf({ times: Float64Array.of(0), marks: Float64Array.of(0) }, 600),
    prefixOf({ times: Float64Array.of(0, 0, 0), marks: Float64Array.of(1e9, 0, Number.NaN) }, 600),
    prefixOf({ times: new Float64Array(5000).fill(600).fill(0, 0, 1), marks: new Float64Array(5000) }, 600),
    prefixOf({ times: Float64Array.of(0, 604_000), marks: Float64Array.of(1, 1) }, 604_800),
    prefixOf(EXHAUSTED, 604_800),
  ];
  for (const prefix of odd) {
    const row = featuresOf(prefix);
    assert.equal(row.length, FEATURE_NAMES.length);
    assert.ok(row.every(Number.isFinite), [...row].join(' '));
  }
});

test('the Hawkes features agree with the full fit to 5 % of β and p', () => {
  const prefix = { ...referenceCascade() };
  const fit = fitMle(prefix, { p: [1e-9, 1], beta: [1 / 864_000, 1 / 60] });
  const row = featuresOf(prefix);
  assert.ok(Math.abs(feature(row, 'Hawkes log beta') - Math.log(fit.beta)) < 0.05);
  assert.ok(Math.abs(feature(row, 'Hawkes log p') - Math.log(fit.p)) < 0.05);
});

test('SEISMIC in closed form equals its integral', () => {
  const prefix = prefixOf(referenceCascade(), 3000);
  const sums = new SeismicSums(3000);
  for (let i = 0; i < prefix.times.length; i++) sums.add(prefix.times[i]!, prefix.marks[i]!, i === 0);
  const { infectiousness } = sums.state();
  let reactions = 0;
  let expected = 0;
  for (let i = 1; i < prefix.times.length; i++)
    reactions += Math.max(0, 1 - (3000 - prefix.times[i]!) / 1500);
  for (let s = 1500.25; s < 3000; s += 0.5) {
    for (let i = 0; i < prefix.times.length; i++) {
      expected += 0.5 * (1 - (3000 - s) / 1500) * prefix.marks[i]! * density(s - prefix.times[i]!);
    }
  }
  assert.ok(Math.abs(infectiousness / (reactions / expected) - 1) < 1e-3);
});

test('the order of tied events changes nothing', () => {
  const random = randomOf(8);
  const times = Float64Array.from({ length: 400 }, (_, i) =>
    i === 0 ? 0 : Math.floor(random() * 60) * 10,
  ).sort();
  const marks = times.map(() => Math.floor(random() * 1e5));
  const reversed = marks.slice();
  for (let start = 1, end = 1; start < 400; start = end) {
    while (end < 400 && times[end] === times[start]) end++;
    reversed.subarray(start, end).reverse();
  }
  assert.deepEqual(
    featuresOf({ times, marks, until: 600 }),
    featuresOf({ times, marks: reversed, until: 600 }),
  );
});

test('events after the window are told and left out, steps back are refused', () => {
  const observer = new PrefixObserver(600, 10);
  assert.equal(observer.add(100, 5), true);
  const before = observer.features();
  assert.equal(observer.add(601, 5), false);
  assert.deepEqual(observer.features(), before);
  assert.throws(() => observer.add(99, 5), /time 99 is before the last event's 100/);
  assert.throws(() => new PrefixObserver(0, 10), /longer than 0 s/);
});
