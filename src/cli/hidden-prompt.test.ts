import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { hiddenPrompt } from './hidden-prompt.ts';

/** What keys give, and what a terminal would show. */
async function typed(...keys: string[]): Promise<{ answer: string | null; shown: string }> {
  const input = new PassThrough();
  const output = new PassThrough();
  const asked = hiddenPrompt('Value: ', { input, output });
  for (const key of keys) input.write(key);
  const answer = await asked;
  output.end();
  return { answer, shown: await text(output) };
}

test('what is typed is answered and not shown', async () => {
  assert.deepEqual(await typed('geh', 'eim', '\r'), { answer: 'geheim', shown: 'Value: \n' });
});

test('a mistake can be corrected', async () => {
  assert.equal((await typed('gehX', '\x7f', 'eim', '\r')).answer, 'geheim');
});

test('Ctrl-C answers nothing', async () => {
  assert.deepEqual(await typed('geheim', '\x03'), { answer: null, shown: 'Value: \n' });
});
