import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import type { ChangeEnd, ProgressLine } from '../server/index.ts';
import { progressPrinter, verdict } from './progress.ts';

const START = { kind: 'start', service: 'web', release: 2, index: 1, of: 2 } as const;
const SETTLE = { kind: 'settle', service: 'web' } as const;

const LINES: ProgressLine[] = [
  { type: 'plan', operations: [START, SETTLE] },
  { type: 'note', message: 'waiting for the rollout of shop\x1b[2J' },
  { type: 'begin', index: 0, operation: START },
  { type: 'done', index: 0, operation: START, ms: 850 },
  { type: 'begin', index: 1, operation: SETTLE },
  {
    type: 'failed',
    index: 1,
    operation: SETTLE,
    reason: 'exited with code 1\x1b[2J',
    instance: 'shop-web-a',
    lastLines: ['Error: no such module', '\x1b]0;owned\x07'],
  },
  { type: 'returning', toRelease: 1 },
  { type: 'returning', toRelease: null },
];

/** What is printed for those lines on a terminal, or into a file. */
function printed(t: TestContext, how: { json: boolean; terminal: boolean }): string {
  const before = { NO_COLOR: process.env.NO_COLOR, FORCE_COLOR: process.env.FORCE_COLOR };
  process.env.NO_COLOR = '1';
  t.after(() => Object.assign(process.env, before.NO_COLOR === undefined ? {} : before));
  let text = '';
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const stream = Object.assign(out, { isTTY: how.terminal }) as unknown as NodeJS.WriteStream;
  const print = progressPrinter({ json: how.json, out: stream });
  for (const line of LINES) print(line);
  return text;
}

test('into a file: one plain line for each thing that happened', (t) => {
  assert.equal(
    printed(t, { json: false, terminal: false }),
    `  waiting for the rollout of shop␛[2J
  ✓ start web 1/2 of release 2, wait until it is ready 850 ms
  ✗ wait until the former instances of web are gone
    shop-web-a: exited with code 1␛[2J
    its last output:
    │ Error: no such module
    │ ␛]0;owned\\x07
  ↩ returning to release 1
  ↩ stopping what was started
`,
  );
});

test('on a terminal: the running step stands in place until it is done', (t) => {
  const clear = '\r\x1b[2K';
  const lines = printed(t, { json: false, terminal: true }).split(clear);
  assert.deepEqual(lines.slice(0, 6), [
    '',
    '  waiting for the rollout of shop␛[2J\n',
    '  … start web 1/2 of release 2, wait until it is ready',
    '  ✓ start web 1/2 of release 2, wait until it is ready 850 ms\n',
    '  … wait until the former instances of web are gone',
    `  ✗ wait until the former instances of web are gone
    shop-web-a: exited with code 1␛[2J
    its last output:
    │ Error: no such module
    │ ␛]0;owned\\x07
`,
  ]);
});

test('as JSON: every line as it came', (t) => {
  const lines = printed(t, { json: true, terminal: true }).trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    LINES,
  );
});

const ROLLOUT: NonNullable<ChangeEnd['rollout']> = {
  ...{ id: 7, kind: 'deploy', fromRelease: 1, toRelease: 2, state: 'promoted', reason: '' },
  ...{ startedAt: 1000, endedAt: 3300, done: 4, of: 4 },
};

const VERDICTS: [Partial<NonNullable<ChangeEnd['rollout']>> | null, boolean, string][] = [
  [null, true, 'shop is up to date: release 2 runs, nothing to do'],
  [{}, true, 'shop: release 2 runs (2.3 s)'],
  [
    { state: 'rolled-back', reason: 'shop-web-a: exited with code 1' },
    false,
    'shop: release 2 was not taken: shop-web-a: exited with code 1; release 1 runs on, it missed nothing (2.3 s)',
  ],
  [
    { state: 'failed', fromRelease: null, reason: 'not ready within 30 s' },
    false,
    'shop: release 2 was not taken: not ready within 30 s; nothing of it runs (2.3 s)',
  ],
  [
    { state: 'cancelled', reason: 'a newer deploy came' },
    false,
    'shop: release 2 was not taken: a newer deploy came; release 1 runs on, it missed nothing (2.3 s)',
  ],
  [
    { state: 'cancelled', reason: 'it was taken down' },
    false,
    'shop: release 2 was not taken: it was taken down; nothing of it runs (2.3 s)',
  ],
];

for (const [change, good, text] of VERDICTS)
  test(`verdict: ${text}`, () => {
    const place = { system: 'shop', environment: 'local' };
    const rollout = change === null ? null : { ...ROLLOUT, ...change };
    assert.deepEqual(verdict({ place, release: 2, rollout, added: false, returned: false }), { good, text });
  });

test('verdict: a rollback that was asked for while a rollout went on is a good end', () => {
  const rollout = { ...ROLLOUT, state: 'cancelled', reason: 'a rollback was asked for' } as const;
  const end = {
    place: { system: 'shop', environment: 'local' },
    release: 1,
    rollout,
    added: false,
    returned: true,
  };
  assert.deepEqual(verdict(end), {
    good: true,
    text: 'shop: release 2 was given up; release 1 runs on, it missed nothing',
  });
});
