import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cascade } from '../cascade.ts';
import { readIndex } from './index-file.ts';
import { LayoutError } from './layout-error.ts';
import { type Chunks, linesOf } from './lines.ts';
import { readCascades } from './read-cascades.ts';
import { dataText, indexText } from './write-cascades.ts';

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

const read = async (data: Chunks, index: Chunks) => collect(readCascades(data, await readIndex(index)));

const CASCADES: Cascade[] = [
  { times: Float64Array.of(0, 1.5, 1.5, 600), marks: Float64Array.of(1e6, 0, Number.NaN, 3) },
  { times: Float64Array.of(0), marks: Float64Array.of(42) },
];

test('what is written reads back the same, an unknown mark included', async () => {
  assert.deepEqual(await read(dataText(CASCADES), indexText(CASCADES)), CASCADES);
});

test('bytes cut anywhere, \\r\\n, a byte order mark and messages with commas are read', async () => {
  const text = '\ufefftime,magnitude,msg\r\n0,5,"été, 🎈"\r\n3,7,x\r\n';
  const bytes = new TextEncoder().encode(text);
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  const [cascade] = await read(single, ['start_ind,end_ind,name\n1,', '2,RT1']);
  assert.deepEqual([...cascade!.times], [0, 3]);
  assert.deepEqual([...cascade!.marks], [5, 7]);
  assert.deepEqual(await collect(linesOf(['a\n', 'b'])), ['a', 'b']);
});

test('rows that no cascade claims are passed over, also damaged ones', async () => {
  const cascades = await read(['time,magnitude\n?,?\n0,1\n2,3\n?\n'], ['start_ind,end_ind\n2,3\n']);
  assert.deepEqual([...cascades[0]!.times], [0, 2]);
});

test('a binary file without line ends is refused after a million characters, not gathered in memory', async () => {
  let pieces = 0;
  const endless = function* () {
    for (; pieces < 10_000; pieces++) yield new Uint8Array(65_536);
  };
  await assert.rejects(
    read(endless(), ['start_ind,end_ind\n1,1\n']),
    /data:1: expected lines of at most 1000000 characters/,
  );
  await assert.rejects(read(['time,magnitude\n0,1\n'], endless()), /index:1: expected lines/);
  assert.ok(pieces < 40);
});

const DAMAGED: [name: string, data: string, index: string, message: string][] = [
  [
    'an empty index',
    'time,magnitude\n0,1\n',
    '',
    'index:1: expected the header start_ind,end_ind, got an empty file',
  ],
  ['a wrong index header', '', 'a,b\n', 'index:1: expected the header start_ind,end_ind, got "a,b"'],
  ['letters in the index', '', 'start_ind,end_ind\n1,x\n', 'index:2: expected two row numbers, got "1,x"'],
  [
    'a backward range',
    '',
    'start_ind,end_ind\n5,4\n',
    'index:2: expected 1 ≤ start_ind ≤ end_ind, got 5 and 4',
  ],
  [
    'overlapping ranges',
    '',
    'start_ind,end_ind\n1,4\n4,6\n',
    'index:3: start_ind 4 overlaps the cascade before it, which ends at row 4',
  ],
  [
    'a wrong data header',
    't,m\n0,1\n',
    'start_ind,end_ind\n1,1\n',
    'data:1: expected the header time,magnitude, got "t,m"',
  ],
  [
    'letters for a time',
    'time,magnitude\nx,1\n',
    'start_ind,end_ind\n1,1\n',
    'data:2: time: expected seconds, got "x"',
  ],
  ['no time', 'time,magnitude\n,1\n', 'start_ind,end_ind\n1,1\n', 'data:2: time: expected seconds, got ""'],
  [
    'no magnitude',
    'time,magnitude\n5\n',
    'start_ind,end_ind\n1,1\n',
    'data:2: magnitude: expected followers, got nothing',
  ],
  [
    'negative followers',
    'time,magnitude\n0,-4\n',
    'start_ind,end_ind\n1,1\n',
    'data:2: magnitude: expected followers ≥ 0, got "-4"',
  ],
  [
    'time before the root',
    'time,magnitude\n9,1\n3,1\n',
    'start_ind,end_ind\n1,2\n',
    "data:3: time 3 is before its root's 9",
  ],
  [
    'a file that ends early',
    'time,magnitude\n0,1\n',
    'start_ind,end_ind\n1,1\n2,9\n',
    'data:2: the file ends after row 1, but the index (line 3) wants rows 2 to 9',
  ],
];

for (const [name, data, index, message] of DAMAGED) {
  test(`${name}: the file, the line and what was expected are said`, async () => {
    await assert.rejects(read([data], [index]), (error) => {
      assert.ok(error instanceof LayoutError);
      assert.equal(error.message, message);
      return true;
    });
  });
}
