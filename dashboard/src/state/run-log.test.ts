import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PipelineLine, StepView } from '../api/types.ts';
import { afterLines, LINES_KEPT, NO_LOG, stepsOf, stepToShow } from './run-log.ts';

const begun = (step: string): PipelineLine => ({ type: 'begun', step, kind: 'command', at: 100 });
const output = (step: string, text: string): PipelineLine => ({
  type: 'output',
  step,
  stream: 'out',
  text,
  at: 200,
});
const ended = (step: string, state: StepView['state'], reason = ''): PipelineLine => ({
  ...{ type: 'ended', step, state, reason, ms: 1200, tests: { passed: 1, failed: 1, skipped: 0 } },
});
const failure = { name: 'adds', file: 'sum.test.js', line: 3, message: '2 is not 3' };

test('each step has its own lines, in their order, and its end', () => {
  const lines = [begun('test'), output('test', 'a'), begun('lint'), output('lint', 'x'), output('test', 'b')];
  const log = afterLines(afterLines(NO_LOG, lines), [ended('test', 'failed', 'exited with code 1')]);
  assert.deepEqual(
    log.steps.map(({ name, state, lines }) => [
      name,
      state,
      lines.map(({ index, text }) => `${index} ${text}`),
    ]),
    [
      ['test', 'failed', ['0 a', '1 b']],
      ['lint', 'running', ['0 x']],
    ],
  );
  const [step] = log.steps;
  assert.deepEqual([step!.startedAt, step!.ms, step!.reason], [100, 1200, 'exited with code 1']);
});

test('what comes in one piece or in many is the same', () => {
  const lines = [begun('test'), output('test', 'a'), output('test', 'b'), ended('test', 'succeeded')];
  const oneByOne = lines.reduce((log, line) => afterLines(log, [line]), NO_LOG);
  assert.deepEqual(afterLines(NO_LOG, lines), oneByOne);
});

test('only the last lines are kept, each with its own number', () => {
  const log = afterLines(
    NO_LOG,
    Array.from({ length: LINES_KEPT + 5 }, (_, index) => output('test', `${index}`)),
  );
  const more = afterLines(log, [output('test', 'last')]);
  const [step] = more.steps;
  assert.deepEqual([step!.lines.length, step!.count], [LINES_KEPT, LINES_KEPT + 6]);
  assert.deepEqual([step!.lines[0]!.index, step!.lines.at(-1)!.index], [6, LINES_KEPT + 5]);
});

test('failed tests, deliveries and the end are kept', () => {
  const delivered = { environment: 'staging', verdict: 'promoted', message: 'release 1 runs' } as const;
  const end = { type: 'end', id: 1, state: 'succeeded', reason: '', ms: 9, report: '' } as const;
  const log = afterLines(NO_LOG, [
    { type: 'test-failed', step: 'test', failure },
    { type: 'delivered', delivered },
    end,
  ]);
  assert.deepEqual([log.steps[0]!.failures, log.deliveries, log.end], [[failure], [delivered], end]);
});

test('a step that the log has not told of yet is as the server said', () => {
  const step = (name: string, more: Partial<StepView> = {}): StepView => ({
    ...{ name, kind: 'command', needs: [], state: 'waiting', reason: '', exitCode: null, cachedFrom: null },
    ...{ tests: null, artifacts: [], startedAt: null, endedAt: null, ...more },
  });
  const tests = { passed: 0, failed: 1, skipped: 0, failures: [failure] };
  const told = [step('test', { state: 'failed', startedAt: 10, endedAt: 30, tests }), step('build')];
  const [test, build] = stepsOf(told, NO_LOG);
  assert.deepEqual(
    [test!.state, test!.ms, test!.failures, build!.state, build!.ms],
    ['failed', 20, [failure], 'waiting', null],
  );
  const later = stepsOf(told, afterLines(NO_LOG, [begun('build')]));
  assert.deepEqual([later[1]!.state, later[1]!.startedAt], ['running', 100]);
});

test('what failed is shown first, then what goes on, then what was last', () => {
  const steps = (...states: StepView['state'][]) =>
    states.map((state, index) => ({ name: String(index), state }));
  assert.equal(stepToShow(steps('succeeded', 'failed', 'running', 'skipped')), '1');
  assert.equal(stepToShow(steps('succeeded', 'running', 'running', 'waiting')), '2');
  assert.equal(stepToShow(steps('succeeded', 'cached', 'skipped')), '1');
  assert.equal(stepToShow(steps('waiting')), '0');
  assert.equal(stepToShow([]), null);
});
