import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineEvent } from '../core/contracts/index.ts';
import { EventRing, type NumberedEvent } from './event-ring.ts';

function event(message: string): EngineEvent {
  const place = { system: 'shop', environment: 'local', service: 'web', instance: 'a' };
  return { at: 1, type: 'instance-ready', ...place, release: 1, message };
}

const NEVER = new AbortController().signal;

async function take(events: AsyncIterable<NumberedEvent>, count: number): Promise<NumberedEvent[]> {
  const taken: NumberedEvent[] = [];
  for await (const one of events) {
    taken.push(one);
    if (taken.length === count) break;
  }
  return taken;
}

test('what was, then what comes, in order', async () => {
  const ring = new EventRing();
  ring.add(event('one'));
  const taken = take(ring.after(0, NEVER), 3);
  ring.add(event('two'));
  setImmediate(() => ring.add(event('three')));
  assert.deepEqual(
    (await taken).map(({ sequence, message }) => [sequence, message]),
    [
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ],
  );
});

test('only what is after a number; several may listen', async () => {
  const ring = new EventRing();
  for (const message of ['one', 'two', 'three']) ring.add(event(message));
  const [first, second] = await Promise.all([take(ring.after(1, NEVER), 2), take(ring.after(2, NEVER), 1)]);
  assert.deepEqual(
    first.map(({ message }) => message),
    ['two', 'three'],
  );
  assert.deepEqual(
    second.map(({ message }) => message),
    ['three'],
  );
});

test('the last two thousand are kept, and keep their numbers', async () => {
  const ring = new EventRing();
  for (let index = 1; index <= 2500; index++) ring.add(event(String(index)));
  const taken = await take(ring.after(0, NEVER), 2000);
  assert.deepEqual([taken[0]!.sequence, taken.at(-1)!.sequence], [501, 2500]);
  assert.equal(new Set(taken.map(({ origin }) => origin)).size, 1);
});

test('two lives have two origins', async () => {
  const rings = [new EventRing(), new EventRing()];
  for (const ring of rings) ring.add(event('one'));
  const [a, b] = (await Promise.all(rings.map((ring) => take(ring.after(0, NEVER), 1)))).flat();
  assert.notEqual(a!.origin, b!.origin);
});

test('it ends with its signal, while it waits', async () => {
  const ring = new EventRing();
  const stop = new AbortController();
  const taken = take(ring.after(0, stop.signal), 1);
  setImmediate(() => stop.abort());
  assert.deepEqual(await taken, []);
});

test('it ends with its signal, also when that comes while the caller is busy', async () => {
  const ring = new EventRing();
  ring.add(event('one'));
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const { message } of ring.after(0, stop.signal)) {
    seen.push(message);
    stop.abort();
  }
  assert.deepEqual(seen, ['one']);
});
