import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Limit } from './limit.ts';

function limit() {
  const clock = { ms: 0 };
  return { clock, counted: new Limit({ most: 2, windowMs: 100, now: () => clock.ms }) };
}

test('so many are free in a window, which begins with the first one', () => {
  const { clock, counted } = limit();
  counted.add('a');
  clock.ms = 40;
  assert.equal(counted.waitOf('a'), 0);
  counted.add('a');
  assert.equal(counted.waitOf('a'), 60);
  assert.equal(counted.waitOf('b'), 0);
  clock.ms = 100;
  assert.equal(counted.waitOf('a'), 0);
  counted.add('a');
  assert.equal(counted.waitOf('a'), 0);
});

test('one that was none is not counted', () => {
  const { counted } = limit();
  counted.add('a');
  counted.add('a');
  counted.forgive('a');
  counted.forgive('b');
  assert.equal(counted.waitOf('a'), 0);
});

test('of many keys the oldest are forgotten, so that nobody fills the memory', () => {
  const { counted } = limit();
  for (let i = 0; i < 10_001; i++) for (let n = 0; n < 2; n++) counted.add(`key ${i}`);
  assert.equal(counted.waitOf('key 0'), 0);
  assert.equal(counted.waitOf('key 1'), 100);
  assert.equal(counted.waitOf('key 10000'), 100);
});
