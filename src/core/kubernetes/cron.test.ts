import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kubernetesCron } from './cron.ts';

const SAID: Record<string, string | null> = {
  '0 3 * * *': '0 3 * * *',
  ' */5  1-4,7 * jan-JUL mon-FRI ': '*/5 1-4,7 * jan-JUL mon-FRI',
  '@daily': '@daily',
  '0 0 * * 7': '0 0 * * 0',
  '0 0 * * 5-7': '0 0 * * 0,5,6',
  '0 0 * * 1-7/2': '0 0 * * 0,1,3,5',
  '0 0 * * WED,7': '0 0 * * 0,3',
  '0 7 7 7 *': '0 7 7 7 *',
  '0 0 L * *': null,
  '0 0 15W * *': null,
  '0 0 * * 1#2': null,
  '0 0 * * 5L': null,
  '0 0 ? * *': null,
};

for (const [cron, expected] of Object.entries(SAID))
  test(`${JSON.stringify(cron)} is ${expected ?? 'nothing'} for a CronJob`, () => {
    assert.equal(kubernetesCron(cron), expected);
  });
