import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRate, rateSeries, type Sample, serviceKey, WINDOW_MS, withSample } from './rates.ts';

const at = (seconds: number, requests: number, errors = 0): Sample => ({
  at: seconds * 1000,
  requests,
  errors,
});

function history(...samples: Sample[]): readonly Sample[] {
  return samples.reduce<readonly Sample[]>(withSample, []);
}

test('no rate is told before two pictures were seen', () => {
  assert.equal(currentRate([]), null);
  assert.equal(currentRate(history(at(1, 100))), null);
});

test('the rate is the mean of the last five seconds', () => {
  const samples = history(at(0, 0), at(10, 1000), at(12, 1040), at(15, 1100));
  assert.equal(currentRate(samples), 20);
});

test('pictures that follow each other closely are one sample, and none is lost', () => {
  const samples = history(at(0, 0), at(0.2, 2), at(0.4, 4), at(0.6, 6), at(1, 10), at(1.2, 12));
  assert.deepEqual(
    samples.map((sample) => sample.at),
    [0, 1000, 1200],
  );
  assert.equal(currentRate(samples), 10);
});

test('a counter that began again at zero is growth, never a negative rate', () => {
  assert.equal(currentRate(history(at(0, 5000), at(2, 40))), 20);
});

test('errors have their own rate', () => {
  assert.equal(currentRate(history(at(0, 0, 3), at(2, 100, 9)), 'errors'), 3);
});

test('a clock that was set back begins a new history', () => {
  assert.deepEqual(history(at(100, 5), at(50, 6)), [at(50, 6)]);
});

test('the series has a gap where nothing is known, and equal parts where it is', () => {
  const samples = history(at(60, 0), at(90, 300), at(120, 300));
  assert.deepEqual(rateSeries(samples, 120_000, 4), [null, null, 10, 0]);
});

test('what is older than the window is forgotten', () => {
  const samples = history(at(0, 1), at(10, 2), at(WINDOW_MS / 1000 + 20, 3));
  assert.deepEqual(samples, [at(WINDOW_MS / 1000 + 20, 3)]);
});

test('keys of services can not be mixed up by their names', () => {
  assert.notEqual(serviceKey('a/b', 'c', 'd'), serviceKey('a', 'b/c', 'd'));
});
