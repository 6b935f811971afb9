import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fold, isOneSlipAway } from './fold.ts';

test('names are compared without case, accents, hyphens and apostrophes', () => {
  const pairs = [
    ["L'Haÿ-les-Roses", 'l hay les roses'],
    ['Łódź', 'lodz'],
    ['København', 'kobenhavn'],
    ['東京', '東京'],
    [' St. Gallen ', 'st gallen'],
  ];
  for (const [name, folded] of pairs) assert.equal(fold(name!), folded);
});

test('one slip: a letter more, less, other, or two swapped', () => {
  for (const other of ['grenobl', 'grenobles', 'grenable', 'grenobel', 'grenoble', 'rgenoble'])
    assert.equal(isOneSlipAway(other, 'grenoble'), true, other);
  for (const other of ['grenob', 'granable', 'grenoblees', 'elbonerg', ''])
    assert.equal(isOneSlipAway(other, 'grenoble'), false, other);
});
