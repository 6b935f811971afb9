import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { readValue } from './secret-value.ts';

const from = (...chunks: (string | Buffer)[]) =>
  readValue(Readable.from(chunks.map((one) => Buffer.from(one))));

const VALUES: [string, string][] = [
  ['geheim', 'geheim'],
  ['geheim\n', 'geheim'],
  ['geheim\r\n', 'geheim'],
  ['two\n\n', 'two\n'],
  [' spaces \n', ' spaces '],
  ['-----BEGIN\nKEY\n-----END\n', '-----BEGIN\nKEY\n-----END'],
  ['\ufeffmark', '\ufeffmark'],
  ['', ''],
];

for (const [input, value] of VALUES)
  test(`the value of ${JSON.stringify(input)}`, async () => assert.equal(await from(input), value));

test('a character that comes in two pieces', async () => {
  const bytes = Buffer.from('ü');
  assert.equal(await from(bytes.subarray(0, 1), bytes.subarray(1)), 'ü');
});

test('what is no text, or too much, is refused', async () => {
  await assert.rejects(from(Buffer.from([0xff, 0xfe])), { code: 'secret-value' });
  await assert.rejects(from('x'.repeat(70_000), 'x'.repeat(70_000)), { code: 'secret-value' });
});
