import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { yamlText } from './yaml-text.ts';

test('readers of YAML 1.1 and of 1.2 read the same back', () => {
  const value = {
    words: [
      'no',
      'on',
      'y',
      '1:30',
      '0x1',
      '1e3',
      '~',
      'null',
      '2026-01-01',
      '=',
      '<<',
      '*a',
      '&a',
      '!x',
      '@x',
      '%x',
    ],
    texts: [
      'a: b',
      ' a',
      'a ',
      '#c',
      'a #c',
      "it's",
      '"',
      'a\nb',
      '\ta',
      '- a',
      '{a}',
      '[a]',
      '$A',
      '',
      '`a`',
      '\u0007',
    ],
    on: { long: 'x '.repeat(200), number: 2.1, yes: true },
  };
  const text = yamlText(value);
  assert.deepEqual(parse(text, { version: '1.1' }), value);
  assert.deepEqual(parse(text, { version: '1.2' }), value);
  assert.equal(yamlText(value), text);
});
