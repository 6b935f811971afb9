import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterEnd, CALM, PROVEN_MS } from './backoff.ts';

test('each end too soon doubles the wait, up to half a minute', () => {
  const waits: number[] = [];
  let backoff = CALM;
  for (let round = 0; round < 10; round++) {
    backoff = afterEnd(backoff, 0, 1000);
    waits.push(backoff.notBefore - 1000);
  }
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  assert.equal(backoff.failures, 10);
});

test('a thousand ends in a row still wait half a minute', () => {
  assert.deepEqual(afterEnd({ failures: 2000, notBefore: 0 }, 0, 5), { failures: 2001, notBefore: 30_005 });
});

test('one that was ready for a while starts again at once', () => {
  const bad = { failures: 7, notBefore: 900 };
  assert.deepEqual(afterEnd(bad, PROVEN_MS, 2000), { failures: 0, notBefore: 2000 });
  assert.deepEqual(afterEnd(bad, PROVEN_MS - 1, 2000), { failures: 8, notBefore: 32_000 });
});
