import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../../..');
const MODEL = `${ROOT}/systems/tweetoscope/model/index.ts`;

/** What the page's examples take for granted: cascades to train on. */
const BEFORE = `
import { longTailDelay, randomOf, simulate } from ${JSON.stringify(MODEL)};
const draw = randomOf(1);
const truth = { p: 0.001, root: 50_000, marks: () => 400 * draw(), delay: longTailDelay() };
const cascades = Array.from({ length: 30 }, () => simulate(truth, { horizon: 604_800, events: 2000 }, draw));
`;
const AFTER = `
console.log(JSON.stringify({ n: prefix.times.length, size, low, high, same: copy.predict(prefix).size }));
`;

for (const page of ['tweetoscope-model.md', 'tweetoscope-model.fr.md']) {
  test(`the examples of ${page} run`, async () => {
    const text = await readFile(`${ROOT}/docs/${page}`, 'utf8');
    const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!);
    assert.ok(blocks.length >= 3);
    const code = blocks
      .join('\n')
      .replace(/const \{ size \} = outlook/, 'const { size: expected } = outlook');
    const script = BEFORE + code.replaceAll('@escale/tweetoscope/model', MODEL) + AFTER;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module-typescript',
      '-e',
      script,
    ]);
    const { n, size, low, high, same } = JSON.parse(stdout);
    assert.equal(n, 4);
    assert.ok(low <= size && size <= high && size >= 4);
    assert.equal(same, size);
  });
}
