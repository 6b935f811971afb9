import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  type Cascade,
  dataText,
  indexText,
  longTailDelay,
  randomOf,
  simulate,
} from '../../../systems/tweetoscope/model/index.ts';

const ENTRY = resolve(import.meta.dirname, '../tweetoscope-model.ts');
const folder = await mkdtemp(join(tmpdir(), 'tweetoscope-bench-'));
after(() => rm(folder, { recursive: true }));

test('one command compares methods on files in the original layout and writes a page that needs no other file', async () => {
  const cascades = simulated(40);
  await writeFile(join(folder, 'news-data.csv'), [...dataText(cascades)].join(''));
  await writeFile(join(folder, 'news-index.csv'), [...indexText(cascades)].join(''));
  const options = ['--windows', '600', '--methods', 'log-linear,blend', '--seeds', '1', '--folds', '4'];
  const { code, out } = await bench(['--data', folder, '--out', folder, '--only', 'accuracy', ...options]);
  assert.equal(code, 0, out);
  assert.match(out, /news: 40 cascades, 4 folds/);
  assert.match(out, /600 s {2}blend .*ARE median \d/);
  assert.match(out, /blend − log-linear .*median -?\d+\.\d+ \[/);
  const page = await readFile(join(folder, 'news.html'), 'utf8');
  assert.match(page, /uPlot/);
  assert.doesNotMatch(page, /<(script|link|img)[^>]+(src|href)=/);
});

test('the last line is one JSON object with every figure', async () => {
  const options = ['--windows', '600', '--methods', 'log-linear,blend', '--seeds', '1', '--folds', '4'];
  const { out } = await bench(['--data', folder, '--out', folder, '--only', 'accuracy', ...options]);
  const figures = JSON.parse(out.trim().split('\n').at(-1)!);
  assert.equal(figures.bench, 'tweetoscope-model');
  assert.equal(figures.accuracy[0].name, 'news');
  assert.deepEqual(
    figures.accuracy[0].scores.map(({ method }: { method: string }) => method),
    ['log-linear', 'blend'],
  );
  assert.ok(figures.accuracy[0].scores[1].medianARE > 0);
  assert.equal(figures.accuracy[0].comparisons.length, 1);
});

test("a cut archive, a text that says it is one, and a folder in a file's place are told without a stack", async () => {
  const cut = gzipSync('time,magnitude\n0,1\n3,2\n').subarray(0, 30);
  for (const content of [cut, Buffer.from('time,magnitude\n'), Buffer.alloc(0), undefined]) {
    const damaged = await mkdtemp(join(folder, 'archive-'));
    const data = join(damaged, 'x.data.csv.gz');
    await (content ? writeFile(data, content) : mkdir(data));
    await writeFile(join(damaged, 'x.index.csv'), 'start_ind,end_ind\n1,2\n');
    const { code, out } = await bench(['--data', damaged, '--only', 'accuracy']);
    assert.equal(code, 1);
    assert.match(out, /^tweetoscope-model: x\.data\.csv\.gz: [^\n]+\n$/);
  }
});

test('a folder without cascades is told, with where to get them', async () => {
  const { code, out } = await bench(['--data', join(folder, 'nowhere'), '--only', 'accuracy']);
  assert.equal(code, 0);
  assert.match(
    out,
    /skipped accuracy: no X\.data\.csv with X\.index\.csv in .*nowhere\. docs\/tweetoscope-model\.md/,
  );
});

test('a damaged file is told with its line, wrong options with what is known', async () => {
  const damaged = await mkdtemp(join(folder, 'damaged-'));
  await writeFile(join(damaged, 'x.data.csv.gz'), gzipSync('time,magnitude\n0,1\nsoon,2\n'));
  await writeFile(join(damaged, 'x.index.csv'), 'start_ind,end_ind\n1,2\n');
  const read = await bench(['--data', damaged, '--only', 'accuracy']);
  assert.equal(read.code, 1);
  assert.match(read.out, /x\.data\.csv\.gz:3: time: expected seconds, got "soon"/);
  const wrong = await bench(['--methods', 'magic']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.out, /no method "magic"; known: constant/);
});

function simulated(count: number): Cascade[] {
  const random = randomOf(5);
  const marks = () => 100 + 300 * random();
  return Array.from({ length: count }, () => {
    const truth = { p: 0.001, root: 20_000 + 80_000 * random(), marks, delay: longTailDelay() };
    return simulate(truth, { horizon: 604_800, events: 5000 }, random);
  });
}

function bench(args: string[]): Promise<{ code: number; out: string }> {
  const script = `import(${JSON.stringify(ENTRY)}).then((bench) => bench.run(process.argv.slice(1)))`;
  return new Promise((done) => {
    execFile(process.execPath, ['-e', script, '--', ...args], (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out: stdout + stderr });
    });
  });
}
