import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextRun, scheduleProblem, timeZoneProblem } from './index.ts';

const at = (text: string) => Date.parse(text);
const next = (cron: string, timeZone: string, after: string) => {
  const time = nextRun({ cron, timeZone }, at(after));
  return time === null ? null : new Date(time).toISOString();
};

test('the next time of a schedule, strictly after', () => {
  assert.equal(next('0 3 * * *', 'UTC', '2026-11-26T02:59:59Z'), '2026-11-26T03:00:00.000Z');
  assert.equal(next('0 3 * * *', 'UTC', '2026-11-26T03:00:00Z'), '2026-11-27T03:00:00.000Z');
  assert.equal(next('*/15 9-17 * * MON-FRI', 'UTC', '2026-11-27T17:45:00Z'), '2026-11-30T09:00:00.000Z');
  assert.equal(next('@monthly', 'UTC', '2026-11-26T00:00:00Z'), '2026-12-01T00:00:00.000Z');
});

test('a time zone moves it, also over the changes of summer time', () => {
  assert.equal(next('0 3 * * *', 'Europe/Paris', '2026-11-26T00:00:00Z'), '2026-11-26T02:00:00.000Z');
  assert.equal(next('0 3 * * *', 'Europe/Paris', '2026-07-26T00:00:00Z'), '2026-07-26T01:00:00.000Z');
  // 02:30 does not exist on 2026-03-29 in Paris: it comes once, at the change.
  assert.equal(next('30 2 * * *', 'Europe/Paris', '2026-03-28T12:00:00Z'), '2026-03-29T01:00:00.000Z');
  // 02:30 comes twice on 2026-10-25: it is taken once.
  assert.equal(next('30 2 * * *', 'Europe/Paris', '2026-10-24T12:00:00Z'), '2026-10-25T00:30:00.000Z');
  assert.equal(next('30 2 * * *', 'Europe/Paris', '2026-10-25T00:30:00Z'), '2026-10-26T01:30:00.000Z');
});

test('asked again it says the same, and the next one once that time has come, also for an earlier time', () => {
  const asked = ['03:00:00', '03:00:01', '04:59:59', '05:00:00', '02:00:00', '04:00:00'];
  assert.deepEqual(
    asked.map((time) => next('0 3,5 * * *', 'UTC', `2026-11-26T${time}Z`)?.slice(8, 13)),
    ['26T05', '26T05', '26T05', '27T03', '26T03', '26T05'],
  );
});

test('what is no schedule is told, and what never comes', () => {
  assert.equal(scheduleProblem('@daily'), null);
  assert.equal(scheduleProblem('5,10 0 1-7 JAN,JUL sun'), null);
  for (const wrong of ['', '* * * *', '* * * * * *', '61 * * * *', '* 24 * * *', 'a b c d e', '0 0 31 4 *'])
    assert.notEqual(scheduleProblem(wrong), null, wrong);
  assert.equal(timeZoneProblem('Europe/Paris'), null);
  assert.notEqual(timeZoneProblem('Europe/Pari'), null);
});
