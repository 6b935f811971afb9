import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_TRIES, nextTry } from './retrying.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const wait = (status: number | null, retryAfter: string | null = null, attempt = 1) =>
  nextTry({ attempt, status, retryAfter, now: NOW, random: 1 });

test('what passes is tried again, what stays is not', () => {
  for (const status of [null, 408, 429, 500, 502, 503, 504]) assert.equal(wait(status), 250, String(status));
  for (const status of [400, 401, 403, 404, 413, 501]) assert.equal(wait(status), null, String(status));
});

test('waits double, and end', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((attempt) => wait(500, null, attempt)),
    [250, 500, 1000, 2000, null],
  );
  assert.equal(MOST_TRIES, 5);
});

test('chance spreads them', () => {
  const half = nextTry({ attempt: 1, status: 500, retryAfter: null, now: NOW, random: 0 });
  assert.equal(half, 125);
});

test('what the registry asks for is kept to', () => {
  assert.equal(wait(429, '7'), 7000);
  assert.equal(wait(503, 'Thu, 01 Jan 2026 00:00:30 GMT'), 30_000);
  assert.equal(wait(503, 'Wed, 31 Dec 2025 00:00:00 GMT'), 0);
  assert.equal(wait(429, 'soon'), 250);
  assert.equal(wait(429, '3600'), null);
});
