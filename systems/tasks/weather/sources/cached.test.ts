import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readForecastQueries } from '../forecast/query.ts';
import { createBreaker } from './breaker.ts';
import { cached } from './cached.ts';
import { simulatedSource } from './simulated/simulated.ts';
import { type Source, SourceDown } from './source.ts';

const question = (latitude: number) =>
  readForecastQueries({ latitude: String(latitude), longitude: '1', current: 'temperature_2m' })[0]!;

/** A source that counts, and fails while it is told to. */
function counting() {
  const inner = simulatedSource(() => 0);
  const state = { asked: 0, fails: false };
  const source: Source = {
    name: 'counting',
    forecast: async (query) => {
      state.asked++;
      if (state.fails) throw new SourceDown('down');
      return inner.forecast(query);
    },
  };
  return { state, source };
}

test('an answer is good until it expires; then a failure tells its age', async () => {
  const { state, source } = counting();
  const clock = { now: 0 };
  const kept = cached(source, { fresh: 1000, size: 10, now: () => clock.now });
  await kept.forecast(question(1));
  clock.now = 999;
  await kept.forecast(question(1));
  assert.equal(state.asked, 1);
  clock.now = 5000;
  state.fails = true;
  await assert.rejects(kept.forecast(question(1)), { ageSeconds: 5 });
  state.fails = false;
  await kept.forecast(question(1));
  assert.equal(state.asked, 3);
});

test('the answers not used for longest are forgotten', async () => {
  const { state, source } = counting();
  const kept = cached(source, { fresh: 1000, size: 2, now: () => 0 });
  for (const latitude of [1, 2, 1, 3, 1]) await kept.forecast(question(latitude));
  assert.equal(state.asked, 3);
  await kept.forecast(question(2));
  assert.equal(state.asked, 4);
});

test('the breaker opens after failures in a row, and lets one try after its pause', () => {
  const clock = { now: 0 };
  const breaker = createBreaker({ failures: 2, pause: 100, now: () => clock.now });
  breaker.failed();
  breaker.succeeded();
  breaker.failed();
  assert.equal(breaker.allows(), true);
  breaker.failed();
  assert.equal(breaker.allows(), false);
  clock.now = 100;
  assert.deepEqual([breaker.allows(), breaker.allows()], [true, false]);
  breaker.succeeded();
  assert.equal(breaker.allows(), true);
});
