import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EscaleError } from '../core/errors/index.ts';
import type { Operation } from '../core/rollout/index.ts';
import type { ChangeEnd, Overview, ProgressLine, RolloutView } from './api/types.ts';
import { followChange } from './rejoin.ts';

const PLACE = { system: 'shop', environment: 'local' };
const OPERATIONS = ['release', 'start', 'promote'].map((kind) => ({ kind })) as unknown as Operation[];
const BEGUN = { type: 'begun', place: PLACE, release: 2, rollout: 7, added: false } as const;
const away = () => new EscaleError('process-away', 'Escale does not answer (ECONNREFUSED)');

const HEARD: ProgressLine[] = [
  { type: 'plan', operations: OPERATIONS },
  BEGUN,
  { type: 'done', index: 0, operation: OPERATIONS[0]!, ms: 1 },
];

function rollout(more: Partial<RolloutView>): RolloutView {
  const numbers = { id: 7, fromRelease: 1, toRelease: 2, startedAt: 5, endedAt: null, done: 1, of: 3 };
  return { ...numbers, kind: 'deploy', state: 'running', reason: '', ...more };
}

/** A control plane whose answers are cut off, and what is seen of it afterwards, look by look. */
function controlPlane(answers: (ProgressLine | ({ type: 'result' } & ChangeEnd))[][], looks: unknown[] = []) {
  const told: ProgressLine[] = [];
  let asked = 0;
  async function* ask() {
    asked += 1;
    const lines = answers.shift();
    if (lines === undefined) throw away();
    yield* lines;
  }
  const overview = async () => {
    const look = looks.shift();
    if (look === undefined) throw away();
    const systems = [
      { name: 'shop', environment: 'staging', rollouts: [] },
      { name: 'shop', environment: 'local', rollouts: [look] },
    ];
    return { systems } as unknown as Overview;
  };
  const parts = { overview, tell: (line: ProgressLine) => void told.push(line), patienceMs: 250 };
  return { change: (mayRepeat: boolean) => followChange(ask, mayRepeat, parts), told, asked: () => asked };
}

const inWords = (told: ProgressLine[]) =>
  told.map((line) => (line.type === 'done' ? `done ${line.operation.kind}` : line.type));

test('a rollout that had begun is followed to its end, each step told once', async () => {
  const ended = rollout({ state: 'promoted', done: 3, endedAt: 9 });
  const { change, told, asked } = controlPlane(
    [HEARD],
    [rollout({}), rollout({}), rollout({ done: 2 }), ended],
  );
  assert.deepEqual(await change(false), {
    ...{ place: PLACE, release: 2, added: false, returned: false, rollout: ended },
  });
  const steps = ['plan', 'begun', 'done release', 'note', 'done start', 'done promote'];
  assert.deepEqual([inWords(told), asked()], [steps, 1]);
});

test('its verdict is the one that its next life gives', async () => {
  const ended = rollout({ state: 'rolled-back', reason: 'exited with code 1', endedAt: 9 });
  const { change } = controlPlane([HEARD], [ended, ended]);
  assert.deepEqual((await change(false)).rollout, ended);
});

test('what had not begun is asked for once more, if that does no harm', async () => {
  const result = {
    type: 'result',
    place: PLACE,
    release: 2,
    rollout: null,
    added: false,
    returned: false,
  } as const;
  const repeated = controlPlane([[], [result]], [rollout({})]);
  assert.deepEqual([await repeated.change(true), repeated.asked()], [result, 2]);
  const refused = controlPlane([[], [result]], [rollout({})]);
  await assert.rejects(refused.change(false), { message: 'Escale ended before it said how this went' });
  assert.equal(refused.asked(), 1);
});

test('a control plane that does not come back is said to be away', async () => {
  await assert.rejects(controlPlane([HEARD]).change(false), { code: 'process-away' });
  await assert.rejects(controlPlane([]).change(true), { code: 'process-away' });
});
