import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Listed, Loads } from './loads.ts';

test('whatever order they come and go in, those that have come and not gone are there', () => {
  const loads = new Loads<Listed>();
  const items = Array.from({ length: 6 }, () => ({ place: -1 }));
  for (const item of items) loads.add(item);
  for (const index of [2, 5, 0]) loads.delete(items[index]!);
  assert.deepEqual(new Set(loads.all()), new Set([items[1], items[3], items[4]]));
  loads.add(items[2]!);
  loads.delete(items[2]!);
  loads.delete(items[2]!);
  assert.equal(loads.size, 3);
  for (const item of loads.all()) loads.delete(item);
  assert.equal(loads.size, 0);
});
