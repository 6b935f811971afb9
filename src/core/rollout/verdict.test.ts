import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from './operation.ts';
import {
  type Evidence,
  judge,
  type OperationVerdict,
  RESOURCE_DEADLINE_MS,
  type RunEvidence,
} from './verdict.ts';

const CALM: Evidence = {
  ready: 0,
  total: 0,
  failures: 0,
  lastFailure: null,
  formerLeft: 0,
  waitedMs: 0,
  deadlineMs: 10_000,
  resource: null,
  run: null,
};
const START: Operation = { kind: 'start', service: 'web', release: 2, index: 2, of: 3 };
const SCALE: Operation = { kind: 'scale', service: 'web', release: 1, from: 3, to: 1 };
const SETTLE: Operation = { kind: 'settle', service: 'web' };
const PROVIDE: Operation = { kind: 'provide', resource: 'db', type: 'postgres', external: false };
const WITHDRAW: Operation = { kind: 'withdraw', resource: 'db' };
const RUN: Operation = { kind: 'run', job: 'migrate', release: 2 };
const STARTING = { ready: false, reason: 'is starting up', instance: 'shop-db-a', failures: 0 };
const run = (state: RunEvidence['state'], reason = ''): Partial<Evidence> => ({
  run: { state, reason, instance: 'shop-migrate-a' },
});
const EXITED = { instance: 'shop-web-abc', reason: 'exited with code 1' };

const DONE: OperationVerdict = { state: 'done' };
const WAITING: OperationVerdict = { state: 'waiting' };

const CASES: [string, Operation, Partial<Evidence>, OperationVerdict][] = [
  ['provide: nothing is known of it yet', PROVIDE, {}, WAITING],
  ['provide: it starts', PROVIDE, { resource: STARTING, waitedMs: 30_000 }, WAITING],
  ['provide: it answers', PROVIDE, { resource: { ...STARTING, ready: true } }, DONE],
  [
    'provide: it took too long',
    PROVIDE,
    { resource: STARTING, waitedMs: RESOURCE_DEADLINE_MS + 1 },
    { state: 'failed', instance: 'shop-db-a', reason: 'is starting up' },
  ],
  [
    'provide: it ends again and again',
    PROVIDE,
    { resource: { ...STARTING, failures: 3, reason: 'exited with code 1' } },
    { state: 'failed', instance: 'shop-db-a', reason: 'exited with code 1' },
  ],
  ['withdraw: it is still there', WITHDRAW, { resource: STARTING }, WAITING],
  ['withdraw: it is gone', WITHDRAW, {}, DONE],
  ['run: not begun', RUN, {}, WAITING],
  ['run: it waits for a resource', RUN, run('waiting'), WAITING],
  ['run: it goes on', RUN, run('running'), WAITING],
  ['run: it ended well', RUN, run('succeeded'), DONE],
  [
    'run: it failed',
    RUN,
    run('failed', 'exited with code 1'),
    { state: 'failed', instance: 'shop-migrate-a', reason: 'exited with code 1' },
  ],
  ['start: none is ready', START, {}, WAITING],
  ['start: one too few', START, { ready: 1, total: 2 }, WAITING],
  ['start: as many as wanted', START, { ready: 2, total: 2 }, DONE],
  ['start: enough in spite of failures', START, { ready: 2, failures: 9, lastFailure: EXITED }, DONE],
  ['start: two failures may be bad luck', START, { ready: 1, failures: 2, lastFailure: EXITED }, WAITING],
  [
    'start: three failures are not',
    START,
    { ready: 1, failures: 3, lastFailure: EXITED },
    { state: 'failed', instance: 'shop-web-abc', reason: 'exited with code 1' },
  ],
  [
    'start: failures that nobody saw',
    START,
    { failures: 3 },
    { state: 'failed', instance: null, reason: 'failed 3 times in a row' },
  ],
  ['start: the margin belongs to the deadline', START, { ready: 1, waitedMs: 12_000 }, WAITING],
  [
    'start: deadline and margin are over',
    START,
    { ready: 1, waitedMs: 12_001 },
    { state: 'failed', instance: null, reason: 'not ready within 10 s' },
  ],
  [
    'start: the last failure is the better reason',
    START,
    { waitedMs: 12_001, failures: 1, lastFailure: EXITED },
    { state: 'failed', instance: 'shop-web-abc', reason: 'exited with code 1' },
  ],
  ['scale down: the surplus is still there', SCALE, { ready: 1, total: 2 }, WAITING],
  ['scale down: only the wanted ones are there', SCALE, { ready: 1, total: 1 }, DONE],
  ['scale down: a draining one takes its time', SCALE, { ready: 1, total: 2, waitedMs: 900_000 }, WAITING],
  ['scale up: not there yet', { ...SCALE, to: 4 }, { ready: 3, total: 4 }, WAITING],
  [
    'scale up: out of time',
    { ...SCALE, to: 4 },
    { ready: 3, total: 4, waitedMs: 12_001 },
    { state: 'failed', instance: null, reason: 'not ready within 10 s' },
  ],
  ['settle: one is left', SETTLE, { formerLeft: 1, waitedMs: 900_000 }, WAITING],
  ['settle: nothing is left', SETTLE, {}, DONE],
  [
    'retire goes on meanwhile',
    { kind: 'retire', service: 'web', release: 1, index: 1, of: 3 },
    { formerLeft: 3 },
    DONE,
  ],
  ['route', { kind: 'route', add: ['a→web'], remove: [] }, {}, DONE],
  ['promote', { kind: 'promote', release: 2 }, {}, DONE],
  ['prepare', { kind: 'prepare', service: 'web', artifact: 'a' }, {}, DONE],
  ['release', { kind: 'release', release: 2, from: 1 }, {}, DONE],
];

for (const [name, operation, evidence, expected] of CASES)
  test(`judge ${name}`, () => assert.deepEqual(judge(operation, { ...CALM, ...evidence }), expected));
