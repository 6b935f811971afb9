import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HARMLESS } from './testing/harmless.ts';
import { HOSTILE, type Hostile } from './testing/hostile.ts';
import { exchange, exchangeAfter, statuses } from './testing/raw.ts';
import { type Recorder, startRecorder } from './testing/recorder.ts';
import { HOST, instanceAt, isReady, type Stage, startStage } from './testing/stage.ts';

describe('hostile requests', () => {
  let stage: Stage;
  let recorder: Recorder;

  before(async () => {
    recorder = await startRecorder();
    stage = await startStage();
    await stage.apply([instanceAt('one', recorder.port)]);
    await stage.event(isReady('one'));
  });

  after(async () => {
    await stage.close();
    await recorder.close();
  });

  test('there are enough of them', () => assert.ok(HOSTILE.filter(isRefused).length >= 80));

  for (const hostile of [...HOSTILE, ...HARMLESS]) {
    test(hostile.name, async () => {
      recorder.forget();
      const bytesBefore = recorder.bytes;
      const answers = statuses(await exchange(stage.port, hostile.send));
      assert.deepEqual(answers, hostile.answers);
      const seen = recorder.requests.map(({ method, target, body }) => `${method} ${target} ${body}`);
      assert.deepEqual(seen, hostile.seen ?? []);
      assert.deepEqual(recorder.parseErrors, []);
      if (isRefused(hostile)) assert.equal(recorder.bytes - bytesBefore, 0, 'an instance got bytes of it');
    });

    test(`${hostile.name}, after requests that are known by then`, async () => {
      recorder.forget();
      const answers = statuses(await exchangeAfter(KNOWN, stage.port, hostile.send));
      assert.deepEqual(answers, [200, 200, ...hostile.answers]);
      const seen = recorder.requests.map(({ method, target, body }) => `${method} ${target} ${body}`);
      assert.deepEqual(seen, ['GET / ', 'GET / ', ...(hostile.seen ?? [])]);
      assert.deepEqual(recorder.parseErrors, []);
    });
  }
});

/** The head that the connection knows: what follows must be read as if it were the first. */
const KNOWN = `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;

function isRefused(hostile: Hostile): boolean {
  return hostile.seen === undefined;
}
