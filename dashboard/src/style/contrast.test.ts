import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');
const [day, night] = css.split('@media (prefers-color-scheme: dark)');
const light = tokensIn(day!);
const dark = { ...light, ...tokensIn(night!) };

/** Text on its ground: 4.5 at least (WCAG 2.2, 1.4.3). */
const TEXT: [string, string[]][] = [
  ['ink', ['paper', 'sunken', 'water', 'wait-soft', 'stop-soft', 'note-soft']],
  ['quiet', ['paper', 'sunken', 'water']],
  ['link', ['paper', 'sunken']],
  ['go', ['paper', 'sunken', 'go-soft']],
  ['wait', ['paper', 'sunken', 'wait-soft']],
  ['stop', ['paper', 'sunken', 'stop-soft']],
  ['note', ['paper', 'sunken', 'note-soft']],
  ['mast-ink', ['mast']],
  ['mast-quiet', ['mast']],
  ['button-ink', ['button']],
  ['paper', ['stop']],
];

/** Edges of what can be used, and shapes that mean something: 3 at least (1.4.11). */
const SHAPES: [string, string[]][] = [
  ['edge', ['paper', 'sunken']],
  ['note', ['paper', 'water']],
  ['stop', ['paper']],
];

for (const [scheme, tokens] of Object.entries({ light, dark })) {
  test(`${scheme}: text can be read on every ground it stands on`, () => check(tokens, TEXT, 4.5));
  test(`${scheme}: edges and shapes can be told from their ground`, () => check(tokens, SHAPES, 3));
}

test('the formula is that of WCAG', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
});

function check(tokens: Record<string, string>, pairs: [string, string[]][], least: number): void {
  for (const [front, grounds] of pairs)
    for (const ground of grounds) {
      const ratio = contrast(tokens[front]!, tokens[ground]!);
      assert.ok(ratio >= least, `${front} on ${ground}: ${ratio.toFixed(2)}, wanted ${least}`);
    }
}

function tokensIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
  );
}

function contrast(a: string, b: string): number {
  const [dim, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright! + 0.05) / (dim! + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((from) => {
    const part = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
