import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerLine, Operation, Overview, RunView } from '../api/types.ts';
import { afterLine, afterPicture, afterProblem, beginChange, type Change } from './change.ts';

const place = { system: 'hello', environment: 'local' };
const start: Operation = { kind: 'start', service: 'web', release: 2, index: 1, of: 1 };
const promote: Operation = { kind: 'promote', release: 2 };

function begin(kind: Change['kind'], about: Change['about'] = {}): Change {
  return beginChange({ id: 1, kind, place, about, beganAt: 1000 });
}

function after(change: Change, ...lines: AnswerLine[]): Change {
  return lines.reduce((so, line) => afterLine(so, line, 2000), change);
}

test('each step goes from waiting over running to done with its time', () => {
  const planned = after(begin('rollback'), { type: 'plan', operations: [start, promote] });
  assert.deepEqual(
    planned.steps.map(({ state }) => state),
    ['waiting', 'waiting'],
  );
  const running = after(planned, { type: 'begin', index: 0, operation: start });
  assert.equal(running.steps[0]!.state, 'running');
  const done = after(running, { type: 'done', index: 0, operation: start, ms: 412 });
  assert.deepEqual([done.steps[0]!.state, done.steps[0]!.ms], ['done', 412]);
});

test('the result is the verdict', () => {
  const promoted = after(begin('scale'), {
    type: 'result',
    release: 2,
    rollout: { state: 'promoted', reason: '' },
  });
  assert.deepEqual([promoted.outcome, promoted.endedAt], ['done', 2000]);
  assert.equal(after(begin('scale'), { type: 'result', release: 2, rollout: null }).outcome, 'nothing');
  const rolledBack = { state: 'rolled-back', reason: 'web-1: exited with code 1' };
  const refused = after(begin('scale'), { type: 'result', release: 2, rollout: rolledBack });
  assert.deepEqual([refused.outcome, refused.reason], ['not-taken', 'web-1: exited with code 1']);
});

test('a failed step keeps its reason, its instance and the last lines', () => {
  const failed = after(begin('restart'), {
    ...{ type: 'failed', index: 0, operation: start, reason: 'exited with code 1' },
    ...{ instance: 'hello-web-1', lastLines: ['boom'] },
  });
  const [step] = failed.steps;
  assert.deepEqual([step!.reason, step!.lastLines], ['hello-web-1: exited with code 1', ['boom']]);
  assert.equal(after(failed, { type: 'returning', toRelease: 1 }).returningTo, 1);
});

test('a line of a kind that is not known here changes nothing', () => {
  const change = begin('scale');
  assert.equal(after(change, { type: 'from-the-future' } as unknown as AnswerLine), change);
});

test('a problem ends it', () => {
  const change = afterProblem(begin('scale'), { code: 'scale-number', message: 'no', next: 'yes' }, 3000);
  assert.deepEqual([change.outcome, change.endedAt, change.problem!.next], ['error', 3000, 'yes']);
});

test('a killed instance is replaced when it is gone and as many are ready as are wanted', () => {
  const kill = begin('kill', { instance: 'a', service: 'web', among: 'a b' });
  const still = afterPicture(kill, pictureOf({ a: 'ready', b: 'ready' }), 1500);
  assert.equal(still.outcome, 'running');
  const coming = afterPicture(kill, pictureOf({ b: 'ready', c: 'starting' }), 1600);
  assert.equal(coming.outcome, 'running');
  const there = afterPicture(kill, pictureOf({ b: 'ready', c: 'ready' }), 1700);
  assert.deepEqual([there.outcome, there.replacement, there.endedAt], ['done', 'c', 1700]);
});

test('a kill of one that was leaving anyway has no replacement', () => {
  const kill = begin('kill', { instance: 'x', service: 'web', among: 'x a b' });
  const gone = afterPicture(kill, pictureOf({ a: 'ready', b: 'ready' }), 1700);
  assert.deepEqual([gone.outcome, gone.replacement], ['done', null]);
});

test('a run of a job is over when its history says so, and a failed one says why', () => {
  const asked = begin('run', { job: 'migrate' });
  assert.equal(afterPicture(asked, pictureOfRun('r0', 'succeeded'), 1500).outcome, 'running');
  const begun = after(asked, { type: 'answer', id: 'r1' });
  assert.equal(afterPicture(begun, pictureOfRun('r0', 'failed'), 1500).outcome, 'running');
  assert.equal(afterPicture(begun, pictureOfRun('r1', 'running'), 1600).outcome, 'running');
  const done = afterPicture(begun, pictureOfRun('r1', 'succeeded'), 1700);
  assert.deepEqual([done.outcome, done.endedAt], ['done', 1700]);
  const failed = afterPicture(begun, pictureOfRun('r1', 'failed'), 1800);
  assert.deepEqual([failed.outcome, failed.reason], ['error', 'exited with code 1']);
});

function pictureOfRun(id: string, state: RunView['state']): Overview {
  const endedAt = state === 'running' ? null : 1;
  const runs = [{ id, state, endedAt, reason: state === 'failed' ? 'exited with code 1' : '' }];
  const systems = [{ name: 'hello', environment: 'local', services: [], jobs: [{ name: 'migrate', runs }] }];
  return { systems } as unknown as Overview;
}

function pictureOf(states: Record<string, 'ready' | 'starting'>): Overview {
  const instances = Object.entries(states).map(([id, state]) => ({ id, state }));
  const ready = instances.filter(({ state }) => state === 'ready').length;
  const service = { name: 'web', wanted: 2, ready, instances };
  const systems = [{ name: 'hello', environment: 'local', services: [service] }];
  return { systems } as unknown as Overview;
}
