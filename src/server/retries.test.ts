import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Retries } from './retries.ts';

const SHOP = { system: 'shop', environment: 'local' };
const BLOG = { system: 'blog', environment: 'local' };

test('each failure is tried again later than the one before, up to a minute', () => {
  const retries = new Retries();
  const waits = Array.from({ length: 8 }, () => {
    retries.failedAt(SHOP, 'no room', 0);
    return retries.next()! / 1000;
  });
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
  assert.deepEqual([retries.isDue(SHOP, 59_999), retries.isDue(SHOP, 60_000)], [false, true]);
  assert.equal(retries.isDue(BLOG, 0), true);
});

test('it is news once for each reason', () => {
  const retries = new Retries();
  const news = ['no room', 'no room', 'no release 1', 'no release 1'].map((reason) =>
    retries.failedAt(SHOP, reason, 0),
  );
  assert.deepEqual(news, [true, false, true, false]);
  retries.succeeded(SHOP);
  assert.deepEqual([retries.next(), retries.failedAt(SHOP, 'no room', 0)], [null, true]);
});

test('what somebody else has mended is forgotten', () => {
  const retries = new Retries();
  for (const place of [SHOP, BLOG]) retries.failedAt(place, 'no room', 0);
  retries.keepOnly([BLOG]);
  assert.deepEqual([retries.isDue(SHOP, 0), retries.isDue(BLOG, 0)], [true, false]);
});

test('after something has helped, everything is due at once, and fails on from where it was', () => {
  const retries = new Retries();
  for (let i = 0; i < 3; i++) retries.failedAt(SHOP, 'no room', 0);
  retries.reset();
  assert.equal(retries.isDue(SHOP, 0), true);
  retries.failedAt(SHOP, 'no room', 0);
  assert.equal(retries.next(), 8000);
});
