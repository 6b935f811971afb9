import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillCommand, splitWords } from './words.ts';

const SPLIT: [string, string[]][] = [
  ['node server.ts', ['node', 'server.ts']],
  ['  node\t server.ts  ', ['node', 'server.ts']],
  [`node 'a b.ts' "c d"`, ['node', 'a b.ts', 'c d']],
  [`node a'b'"c"d`, ['node', 'abcd']],
  [`node '' ""`, ['node', '', '']],
  [`node 'a && b | c; d > e * $F'`, ['node', 'a && b | c; d > e * $F']],
  [`node "say \\"hi\\" \\$HOME \\n"`, ['node', 'say "hi" $HOME \\n']],
  ['node a\\ b \\* \\$X', ['node', 'a b', '*', '$X']],
  ['node --cost=5$ a=b', ['node', '--cost=5$', 'a=b']],
  [`node --listen \${HOST}:\${PORT}`, ['node', '--listen', `\${HOST}:\${PORT}`]],
  [`node "x \${PORT} y"`, ['node', `x \${PORT} y`]],
  ['node größe.ts 日本', ['node', 'größe.ts', '日本']],
  ['node [a] {b} a?b #c !d', ['node', '[a]', '{b}', 'a?b', '#c', '!d']],
];

for (const [text, words] of SPLIT) {
  test(`splits ${text}`, () => assert.deepEqual(splitWords(text), { words }));
}

const REFUSED: [string, RegExp][] = [
  ['a && b', /has &&,/],
  ['a || b', /has \|\|,/],
  ['a >> b', /has >>,/],
  ['a | b', /has \|,/],
  ['a; b', /has ;,/],
  ['a < b', /has <,/],
  ['(a)', /has \(,/],
  ['a $(b)', /has \$\(,/],
  ['a "$(b)"', /has \$\(,/],
  ['a "`b`"', /has a backquote/],
  ['a $HOME', /has \$HOME,/],
  [`a \${HOME}`, /has \$\{HOME\},/],
  [`a \${HOST`, /has \$\{HOST,/],
  [`a "\${HOME}"`, /has \$\{HOME\},/],
  ['a *.ts', /has \*,/],
  ['a\nb', /has a line break/],
  ["a 'b", /quote \('\) that is never closed/],
  ['a "b', /quote \("\) that is never closed/],
  ['', /is empty/],
  ['cd x', /starts with cd/],
  ['A=1 node x', /starts with a variable \(A=1\)/],
  ['node ~/x', /has ~\//],
];

for (const [text, problem] of REFUSED) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    const result = splitWords(text);
    assert.ok('problem' in result);
    assert.match(result.problem, problem);
    assert.notEqual(result.hint, '');
  });
}

test('placeholders are filled in everywhere, and nothing else is', () => {
  const words = ['x', `\${HOST}:\${PORT}`, `\${PORT}\${PORT}`, '$PORT', `\${OTHER}`, '$&'];
  const filled = ['x', '127.0.0.1:80', '8080', '$PORT', `\${OTHER}`, '$&'];
  assert.deepEqual(fillCommand(words, { host: '127.0.0.1', port: 80 }), filled);
});
