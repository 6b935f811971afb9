import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTar } from '../testing/tar.ts';
import { NOWHERE, readTar } from './tar.ts';

/** In pieces of some size, whatever they cut through. */
async function* pieces(archive: Buffer, size: number): AsyncIterable<Buffer> {
  for (let start = 0; start < archive.length; start += size) yield archive.subarray(start, start + size);
}

async function read(archive: Buffer, size = 700): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  await readTar(pieces(archive, size), ({ name, kind }) => {
    found[name] = kind === 'folder' ? '/' : '';
    const write = (chunk: Buffer) => {
      found[name] += chunk.toString();
    };
    return { ...NOWHERE, write };
  });
  return found;
}

const ENTRIES = [
  { name: './base/', type: '5' },
  { name: 'base/1', content: 'x'.repeat(1000) },
  { name: 'empty' },
  { name: 'exact', content: 'y'.repeat(512) },
];

test('files and folders, however the archive comes', async () => {
  const expected = { base: '/', 'base/1': 'x'.repeat(1000), empty: '', exact: 'y'.repeat(512) };
  for (const size of [1, 7, 511, 512, 513, 100_000])
    assert.deepEqual(await read(makeTar(ENTRIES), size), expected);
});

test('names that lead out, links and devices are refused', async () => {
  const names = ['/etc/passwd', '../x', 'a/../../x', 'a//b', '.', '', 'a/./b'];
  for (const name of names)
    await assert.rejects(read(makeTar([{ name, content: 'x' }])), /does not belong there/, name);
  for (const type of ['1', '2', '3', '6', 'x', 'L'])
    await assert.rejects(read(makeTar([{ name: 'a', type }])), /does not belong there/, type);
});

test('an archive that is cut, changed or goes on', async () => {
  const whole = makeTar(ENTRIES);
  for (const bytes of [0, 100, 512, 1500, whole.length - 1024])
    await assert.rejects(read(whole.subarray(0, bytes)), /ends too early/, String(bytes));
  const changed = Buffer.from(whole);
  changed[3]! ^= 1;
  await assert.rejects(read(changed), /header of the archive is wrong/);
  await assert.rejects(read(Buffer.concat([whole, whole])), /goes on after its end/);
});
