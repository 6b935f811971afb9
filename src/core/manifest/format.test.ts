import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMistakes, printable } from './format.ts';
import type { Mistake } from './model.ts';

const MISTAKE: Mistake = {
  code: 'unknown-key',
  path: 'services.web.replica',
  file: 'escale.yaml',
  line: 7,
  message: 'unknown key "replica"',
  hint: 'Did you mean "replicas"?',
};

test('a mistake carries its place, its path and its hint', () => {
  const text = 'escale.yaml:7  services.web.replica: unknown key "replica"\n    Did you mean "replicas"?';
  assert.equal(formatMistakes([MISTAKE], { color: false }), text);
});

test('what is unknown is left out', () => {
  const bare = { ...MISTAKE, line: null, path: '', hint: null };
  assert.equal(
    formatMistakes([bare, bare], { color: false }),
    `escale.yaml  ${MISTAKE.message}\nescale.yaml  ${MISTAKE.message}`,
  );
});

test('colours surround the place, the path and the hint only', () => {
  const text = formatMistakes([MISTAKE], { color: true });
  const bright =
    '\u001b[36mescale.yaml:7\u001b[39m  \u001b[1mservices.web.replica\u001b[22m: unknown key "replica"';
  assert.equal(text, `${bright}\n    \u001b[2mDid you mean "replicas"?\u001b[22m`);
});

test('control, bidirectional and invisible characters of others are shown, not obeyed', () => {
  assert.equal(
    printable('a\u001b[31m\r\n\u0007\u009b\u202e\u2066\u200b\u2028é日'),
    'a\\u001b[31m\\u000d\\u000a\\u0007\\u009b\\u202e\\u2066\\u200b\\u2028é日',
  );
  const hostile = { ...MISTAKE, message: 'x\u001b]0;title\u0007', file: 'a\u001b.yaml', hint: '\u001b' };
  assert.doesNotMatch(formatMistakes([hostile], { color: false }), /[\u001b\u0007]/);
});
