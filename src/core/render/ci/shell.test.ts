import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { quotePattern, quoteWords } from './shell.ts';

const HOSTILE = [
  'a b',
  "it's",
  '$HOME',
  '`id`',
  '$(id)',
  '"',
  '\\',
  '*',
  '~',
  ';',
  '&&',
  '',
  'a\nb',
  '!x',
  '#c',
  '-n',
];

test('a shell reads back the very words, whatever is in them', () => {
  for (const shell of ['sh', 'bash']) {
    const script = `printf '%s\\0' ${quoteWords(HOSTILE)}`;
    const output = execFileSync(shell, ['-c', script], { encoding: 'utf8' });
    assert.deepEqual(output.split('\0').slice(0, -1), HOSTILE);
  }
});

test('of a pattern only the stars are left to the shell', () => {
  assert.equal(quotePattern('reports/**/*.xml'), 'reports/**/*.xml');
  assert.equal(quotePattern('my $out/*;id'), `'my $out/'*';id'`);
});
