import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { InstanceOutput } from './output.ts';
import { temporary } from './testing/folder.ts';

const MB = 1 << 20;

function outputIn(t: TestContext) {
  const folder = temporary(t);
  for (const stream of ['out', 'err']) writeFileSync(path.join(folder, stream), '');
  const output = new InstanceOutput(folder, false);
  const write = (stream: string, text: string) => appendFileSync(path.join(folder, stream), text);
  const size = (stream: string) => statSync(path.join(folder, stream)).size;
  return { output, write, size, folder };
}

function inShort(output: InstanceOutput): string[] {
  return output.read().map(({ stream, bytes, lostBytes }) => `${stream} ${Buffer.from(bytes)} ${lostBytes}`);
}

test('each byte is read once, by stream', (t) => {
  const { output, write } = outputIn(t);
  assert.deepEqual(output.read(), []);
  write('out', 'one');
  write('err', 'oops');
  assert.deepEqual(inShort(output), ['out one 0', 'err oops 0']);
  assert.deepEqual(output.read(), []);
  write('out', 'two');
  assert.deepEqual(inShort(output), ['out two 0']);
});

test('an adopted instance is read on from where its former supervisor was', (t) => {
  const { output, write, folder } = outputIn(t);
  write('out', 'read before');
  assert.deepEqual(inShort(output), ['out read before 0']);
  assert.deepEqual(output.read(), [], 'asking again says that the first piece was kept');
  write('out', ', written while nobody lived');
  const next = new InstanceOutput(folder, true);
  assert.deepEqual(inShort(next), ['out , written while nobody lived 0']);
});

test('much is read in bounded pieces, in order', (t) => {
  const { output, write } = outputIn(t);
  write('out', `${'a'.repeat(MB)}${'b'.repeat(MB)}c`);
  const pieces = [output.read(), output.read(), output.read()].map(([chunk]) => chunk!);
  assert.deepEqual(
    pieces.map(({ bytes, lostBytes }) => [String.fromCharCode(bytes[0]!), bytes.length, lostBytes]),
    [
      ['a', MB, 0],
      ['b', MB, 0],
      ['c', 1, 0],
    ],
  );
  assert.deepEqual(output.read(), []);
});

test('a file that was read to its end is emptied from 4 MB on, and reading goes on', (t) => {
  const { output, write, size } = outputIn(t);
  write('out', 'x'.repeat(4 * MB - 1));
  while (output.read().length > 0);
  assert.equal(size('out'), 4 * MB - 1);
  write('out', 'yy');
  assert.deepEqual(inShort(output), ['out yy 0']);
  assert.equal(size('out'), 0);
  write('out', 'after');
  assert.deepEqual(inShort(output), ['out after 0']);
});

test('what was read and kept lies about no more, and what came meanwhile is not lost', (t) => {
  const { output, write, size, folder } = outputIn(t);
  write('out', 'a password');
  assert.deepEqual(inShort(output), ['out a password 0']);
  write('out', ' and more');
  assert.deepEqual(inShort(output), ['out  and more 0']);
  assert.deepEqual(output.read(), []);
  assert.equal(readFileSync(path.join(folder, 'out'), 'utf8'), '\0'.repeat(size('out')));
});

test('what comes faster than it may be kept is skipped, and every byte of it is counted', (t) => {
  const { output, write, size } = outputIn(t);
  write('out', 'x'.repeat(16 * MB));
  write('out', `${'y'.repeat(MB - 3)}end`);
  const [chunk] = output.read();
  assert.deepEqual([chunk!.bytes.length, chunk!.lostBytes], [MB, 16 * MB]);
  assert.equal(Buffer.from(chunk!.bytes.subarray(-3)).toString(), 'end');
  assert.equal(size('out'), 0);
  assert.deepEqual(output.read(), []);
});

test('as much as may wait is not skipped', (t) => {
  const { output, write } = outputIn(t);
  write('out', 'x'.repeat(16 * MB));
  let read = 0;
  for (let chunks = output.read(); chunks.length > 0; chunks = output.read()) {
    assert.equal(chunks[0]!.lostBytes, 0);
    read += chunks[0]!.bytes.length;
  }
  assert.equal(read, 16 * MB);
});

test('a file that its instance emptied itself is read from its beginning', (t) => {
  const folder = temporary(t);
  for (const stream of ['out', 'err']) writeFileSync(path.join(folder, stream), 'a long text');
  const output = new InstanceOutput(folder, false);
  output.read();
  writeFileSync(path.join(folder, 'out'), 'short');
  assert.deepEqual(inShort(output), ['out short 0']);
});
