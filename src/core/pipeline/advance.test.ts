import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advance } from './advance.ts';
import type { PipelineStepState, StepFacts, StepKind } from './step.ts';

const KINDS: Record<string, StepKind> = {
  checkout: 'checkout',
  quality: 'quality',
  release: 'release',
  deploy: 'deploy',
};
const NEEDS: Record<string, string[]> = {
  ...{ checkout: [], lint: ['checkout'], test: ['checkout'], build: ['lint', 'test'] },
  ...{ quality: ['checkout', 'lint', 'test'], release: ['build'], deploy: ['release'] },
};

/** `lint+ test- build.`: succeeded, failed, waiting; `~` runs, `=` cached, `/` skipped, `x` cancelled. */
function stepsOf(text: string): StepFacts[] {
  const states: Record<string, PipelineStepState> = {
    ...{ '+': 'succeeded', '-': 'failed', '.': 'waiting', '~': 'running' },
    ...{ '=': 'cached', '/': 'skipped', x: 'cancelled' },
  };
  return text.split(' ').map((word) => {
    const name = word.slice(0, -1);
    return { name, kind: KINDS[name] ?? 'command', needs: NEEDS[name]!, state: states[word.at(-1)!]! };
  });
}

const CASES: [string, string, string][] = [
  ['the first one', 'checkout. lint. test. build.', 'begin checkout'],
  ['nothing while it runs', 'checkout~ lint. test.', ''],
  ['then as many as there are cores', 'checkout+ lint. test. build.', 'begin lint test'],
  ['what is known counts as done', 'checkout+ lint= test= build.', 'begin build'],
  ['not while one of those it needs runs', 'checkout+ lint+ test~ build.', ''],
  ['what needs a failed one is left out', 'checkout+ lint- test~ build. release. deploy.', 'skip build'],
  ['and what needs that', 'checkout+ lint- test~ build/ release. deploy.', 'skip release'],
  ['the others go on', 'checkout+ lint- test. build.', 'begin test, skip build'],
  ['reports come after the tests, failed or not', 'checkout+ lint- test+ quality. build/', 'begin quality'],
  ['none without files', 'checkout- lint/ test/ quality.', 'skip quality'],
  ['a release does not wait for reports', 'checkout+ lint+ test+ quality~ build+ release.', 'begin release'],
  ['all succeeded', 'checkout+ lint+ test= build+', 'end succeeded'],
  ['one failed', 'checkout+ lint- test+ build/', 'end failed'],
  ['a report that failed changes nothing', 'checkout+ lint+ test+ quality-', 'end succeeded'],
  ['not before the report is there', 'checkout+ lint+ test+ quality~', ''],
  ['a cancelled one', 'checkout+ lintx testx', 'end cancelled'],
];

for (const [name, steps, expected] of CASES)
  test(`what is next: ${name}`, () =>
    assert.equal(inShort(stepsOf(steps), { isCancelled: false, free: 2 }), expected));

test('what is next: no more than there are cores for', () => {
  const steps = stepsOf('checkout+ lint. test. build.');
  assert.equal(inShort(steps, { isCancelled: false, free: 1 }), 'begin lint');
  assert.equal(inShort(steps, { isCancelled: false, free: 0 }), '');
  assert.equal(inShort(stepsOf('checkout.'), { isCancelled: false, free: 0 }), 'begin checkout');
});

test('what is next: nothing begins once it is cancelled', () => {
  assert.equal(inShort(stepsOf('checkout+ lint. test~'), { isCancelled: true, free: 2 }), '');
  assert.equal(inShort(stepsOf('checkout+ lint+'), { isCancelled: true, free: 2 }), 'end cancelled');
});

function inShort(steps: StepFacts[], run: { isCancelled: boolean; free: number }): string {
  const { begin, skip, end } = advance(steps, run);
  return [
    ...(begin.length > 0 ? [`begin ${begin.join(' ')}`] : []),
    ...(skip.length > 0 ? [`skip ${skip.join(' ')}`] : []),
    ...(end === null ? [] : [`end ${end}`]),
  ].join(', ');
}
