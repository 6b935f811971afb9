import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueryAnswer } from '../../core/contracts/index.ts';
import { paintFor } from '../text.ts';
import { answerCsv, answerText } from './answer.ts';

const paint = paintFor({ isTTY: false });
const ANSWER: QueryAnswer = {
  columns: [
    { name: 'id', type: 'int4' },
    { name: 'title', type: 'text' },
  ],
  rows: [
    ['1', 'buy milk'],
    ['22', null],
    ['3', ''],
    ['4', 'two\nlines, "quoted" \x1b[31m'],
  ],
  command: 'SELECT 4',
  truncated: false,
  tookMs: 3,
};

test('an answer for people: aligned, NULL told from an empty text, nothing obeyed', () => {
  assert.equal(
    answerText(ANSWER, paint),
    [
      'id  title',
      '──  ─────────────────────────',
      '1   buy milk',
      '22  NULL',
      '3',
      '4   two⏎lines, "quoted" ␛[31m',
      'SELECT 4  3 ms',
    ].join('\n'),
  );
});

test('an answer for programs: RFC 4180', () => {
  const lines = ['id,title', '1,buy milk', '22,', '3,""', '4,"two\nlines, ""quoted"" \x1b[31m"', ''];
  assert.equal(answerCsv(ANSWER), lines.join('\r\n'));
});

test('what has no columns only says what it did, and what is cut says so', () => {
  assert.equal(
    answerText({ ...ANSWER, columns: [], rows: [], command: 'INSERT 0 1' }, paint),
    'INSERT 0 1  3 ms',
  );
  assert.match(answerText({ ...ANSWER, truncated: true }, paint), /SELECT 4 {2}3 ms {2}\(cut here/);
});
