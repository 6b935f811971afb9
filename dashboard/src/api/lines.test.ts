import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOf } from './lines.ts';
import { serverEvents } from './server-events.ts';
import { retryAfter } from './stream.ts';

function body(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks)
        controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk);
      controller.close();
    },
  });
}

test('lines are whole wherever the chunks are cut, also inside a character', async () => {
  const euro = new TextEncoder().encode('€');
  const lines = await Array.fromAsync(
    linesOf(body('a', 'b\nc', euro.slice(0, 1), euro.slice(1), '\r\n\nlast')),
  );
  assert.deepEqual(lines, ['ab', 'c€', '', 'last']);
});

test('events have their name and their data; comments and a cut-off one are left out', async () => {
  const text = 'event: overview\ndata: {"a":\ndata: 1}\n\n: ping\n\ndata:x\n\nevent: event\ndata: cut off';
  assert.deepEqual(await Array.fromAsync(serverEvents(linesOf(body(text)))), [
    { event: 'overview', data: '{"a":\n1}' },
    { event: 'message', data: 'x' },
  ]);
});

test('tries come soon at first, then every eight seconds', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 50].map(retryAfter), [500, 1000, 2000, 4000, 8000, 8000]);
});
