import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clock, duration, harmless, paintFor, table, wantsColor } from './text.ts';

const HARMLESS: [string, string, string][] = [
  ['plain text', 'Hello, Wörld! 😀 日本', 'Hello, Wörld! 😀 日本'],
  ['tabs and line ends', 'a\tb\nc', 'a\tb\nc'],
  ['a colour', '\x1b[31mred\x1b[0m', '␛[31mred␛[0m'],
  ['a cursor that goes home', '\x1b[2J\x1b[H', '␛[2J␛[H'],
  ['a title, with its bell', '\x1b]0;owned\x07', '␛]0;owned\\x07'],
  ['a link', '\x1b]8;;http://evil.example\x1b\\', '␛]8;;http://evil.example␛\\'],
  ['a line that writes over itself', 'safe\rdanger', 'safe\\x0ddanger'],
  ['a backspace, a delete, a nul', 'a\b\x7f\0', 'a\\x08\\x7f\\x00'],
  ['control sequences of eight bits', '\x9b31m\x90\x9d', '\\x9b31m\\x90\\x9d'],
  ['text that is turned round', 'a\u202egnp.exe\u202c', 'a\\x202egnp.exe\\x202c'],
  ['text that is set apart', '\u2066a\u2069', '\\x2066a\\x2069'],
  ['marks of direction', 'a\u200eb\u200fc\u061c', 'a\\x200eb\\x200fc\\x61c'],
  ['line ends of Unicode', 'a\u2028b\u2029c\u0085', 'a\\x2028b\\x2029c\\x85'],
  ['an emoji that is joined', '👩\u200d💻', '👩\u200d💻'],
];

for (const [name, text, expected] of HARMLESS)
  test(`harmless: ${name}`, () => assert.equal(harmless(text), expected));

test('property: nothing that a terminal obeys is left', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.doesNotMatch(harmless(text), /[^\P{Cc}\t\n]|\p{Bidi_Control}|\p{Zl}|\p{Zp}/u);
      assert.equal(harmless(harmless(text)), harmless(text));
    }),
  );
});

const DURATIONS: [number, string][] = [
  [0, '0 ms'],
  [0.4, '0 ms'],
  [850, '850 ms'],
  [999, '999 ms'],
  [999.7, '1.0 s'],
  [1000, '1.0 s'],
  [2349, '2.3 s'],
  [59_940, '59.9 s'],
  [59_960, '1 min'],
  [60_000, '1 min'],
  [240_000, '4 min'],
  [59.6 * 60_000, '1 h'],
  [3 * 3_600_000, '3 h'],
  [23.7 * 3_600_000, '1 d'],
  [48 * 3_600_000, '2 d'],
];

for (const [ms, text] of DURATIONS) test(`${ms} ms is ${text}`, () => assert.equal(duration(ms), text));

test('a time of day', () => {
  assert.equal(clock(new Date(2026, 10, 20, 14, 3, 7).getTime()), '14:03:07');
});

test('a table: columns as wide as their widest cell, colours not counted, no spaces at the end', () => {
  const red = '\x1b[31mred\x1b[0m';
  assert.equal(
    table([
      ['a', red, 'x'],
      ['long', 'b', ''],
      ['', '', 'y'],
    ]),
    [`a     ${red}  x`, 'long  b', '           y'].join('\n'),
  );
  assert.equal(table([]), '');
});

const COLORS: [string, { isTTY?: boolean }, NodeJS.ProcessEnv, boolean][] = [
  ['a terminal', { isTTY: true }, {}, true],
  ['a pipe', {}, {}, false],
  ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
  ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
  ['FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', {}, { FORCE_COLOR: '0' }, false],
  ['NO_COLOR before FORCE_COLOR', {}, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
];

for (const [name, stream, env, expected] of COLORS)
  test(`colours: ${name}`, () => assert.equal(wantsColor(stream, env), expected));

test('a stream that wants no colours gets the text as it is', () => {
  assert.equal(paintFor({}).red('text'), 'text');
});
