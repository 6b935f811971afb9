import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterWord, isHolding, isUnsaid, lostWith } from './lost-state.ts';

const shop = { system: 'shop', environment: 'local' };
const blog = { system: 'blog', environment: 'local' };

test('nothing runs: nothing is lost', () => {
  assert.equal(lostWith([]), null);
  assert.equal(isHolding(null, 0), false);
});

test('it waits for the first word as long as it takes, and for the others 10 s', () => {
  const lost = lostWith([shop, blog, shop]);
  assert.deepEqual(lost, { unsaid: [shop, blog], until: null });
  assert.equal(isHolding(lost, 1e15), true);
  const one = afterWord(lost, shop, 5000);
  assert.deepEqual(one, { unsaid: [blog], until: 15_000 });
  assert.deepEqual([isHolding(one, 14_999), isHolding(one, 15_000)], [true, false]);
  assert.deepEqual(afterWord(one, shop, 9000), one);
  assert.equal(afterWord(one, blog, 6000), null);
});

test('a place of which nothing was said stays that for ever', () => {
  const one = afterWord(lostWith([shop, blog]), shop, 5000);
  assert.deepEqual([isUnsaid(one, shop), isUnsaid(one, blog), isUnsaid(null, shop)], [false, true, false]);
});
