import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAnnouncer, QUIET_MS } from './announcements.ts';

function listener() {
  const said: string[] = [];
  const timers: (() => void)[] = [];
  const announcer = makeAnnouncer({
    speak: (text) => said.push(text),
    newsText: (count, last) => `${count} new: ${last}`,
    later(work, ms) {
      assert.equal(ms, QUIET_MS);
      timers.push(work);
    },
  });
  return { said, announcer, quietEnds: () => timers.shift()!() };
}

test('a flood of events is one sentence, then silence, then one sum', () => {
  const { said, announcer, quietEnds } = listener();
  for (const number of [1, 2, 3, 4]) announcer.news(`event ${number}`);
  assert.deepEqual(said, ['1 new: event 1']);
  quietEnds();
  assert.deepEqual(said, ['1 new: event 1', '3 new: event 4']);
  quietEnds();
  assert.equal(said.length, 2);
});

test('what the reader asked for is said before the news, whole', () => {
  const { said, announcer, quietEnds } = listener();
  announcer.news('first');
  announcer.news('second');
  announcer.say('Scaled.');
  announcer.say('Restarted.');
  quietEnds();
  quietEnds();
  assert.deepEqual(said, ['1 new: first', 'Scaled. Restarted.', '1 new: second']);
});
