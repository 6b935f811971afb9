import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporary, writeTree } from '../../testing/tree.ts';
import { qualityProgram } from '../program.ts';
import { readQuality } from '../quality.ts';

const FUNCTION = `export function total(items: Item[], at: number): number {
  let sum = 0;
  for (const item of items) if (item.price > 0 && item.count > 0) sum += item.price * item.count;
${Array.from({ length: 5 }, (_, n) => `  if (at === ${n} || at < -${n}) sum -= ${n};`).join('\n')}
  switch (at) { case 1: return sum + 1; case 2: return sum + 2; default: return at > 3 ? sum : -sum; }
}
`;

/** The checks as they run in a checkout: put beside it, without anything of Escale. */
async function checkedIn(files: Record<string, string>, t: Parameters<typeof temporary>[0]) {
  const [top, tools] = [writeTree(temporary(t), files), temporary(t)];
  const output = path.join(temporary(t), 'found.json');
  const [, ...words] = await qualityProgram(path.join(tools, 'tools'), { top, folder: top, output });
  execFileSync(process.execPath, words, { cwd: '/', env: { PATH: process.env.PATH } });
  return readQuality(readFileSync(output, 'utf8'))!;
}

test('what has many ways through it, and what stands there twice', async (t) => {
  const found = await checkedIn(
    { 'a.ts': FUNCTION, 'lib/b.ts': `// A copy.\n\n${FUNCTION}`, 'a.test.ts': FUNCTION },
    t,
  );
  const [duplication, complexity, lint, types, packages] = found;
  assert.deepEqual(
    duplication?.findings.map(({ file, line, message }) => `${file}:${line} ${message}`),
    ['lib/b.ts:3 10 lines are the same as in a.ts:1'],
  );
  assert.equal(duplication?.figures.duplicatedPercent, 50);
  assert.deepEqual(
    complexity?.findings.map(({ file, line, message }) => `${file}:${line} ${message}`),
    ['a.ts:1 total: 17 ways through it (10 lines)', 'lib/b.ts:3 total: 17 ways through it (10 lines)'],
  );
  assert.deepEqual(complexity?.figures, { functions: 2, hardFunctions: 2, mostWays: 17 });
  for (const one of [lint, types, packages]) assert.notEqual(one?.skipped, null);
});

test('syntax that can’t be read is no failure', async (t) => {
  const found = await checkedIn(
    { 'a.tsx': 'export const A = () => <b>{x}</b>;', 'b.js': 'if (', 'c.ts': 'enum A { B }' },
    t,
  );
  assert.deepEqual(found[0]?.findings, []);
});

test('what was written is bounded and typed, whoever wrote it', () => {
  const finding = { check: 'lint', severity: 'huge', file: 7, line: -1, rule: {}, message: 'x'.repeat(5000) };
  const checked = {
    check: 'lint',
    by: null,
    findings: Array(5000).fill(finding),
    figures: { lint: 'many', '<b>': 1, ok: 2 },
  };
  const [one, ...others] = readQuality(JSON.stringify([checked, { check: 'other' }, null, 3]))!;
  assert.deepEqual([others.length, one!.findings.length, one!.by, one!.figures], [0, 1000, '', { ok: 2 }]);
  const { severity, file, line, rule, message } = one!.findings[0]!;
  assert.deepEqual([severity, file, line, rule, message.length], ['warning', '', 0, '', 1000]);
  for (const text of ['', 'null', '{}', '[']) assert.equal(readQuality(text), null);
});
