import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { describe, type Operation } from './operation.ts';
import { type Counts, countsAfter, rollingOperations, type ServiceChange } from './rolling.ts';

/** `start 2` until so many new ones run, `retire 1` until so many former ones are told to go. */
function inShort(operations: Operation[]): string[] {
  return operations.map((operation) => {
    if (operation.kind === 'start') return `start ${operation.index}/${operation.of}`;
    if (operation.kind === 'retire') return `retire ${operation.index}/${operation.of}`;
    if (operation.kind === 'scale') return `scale ${operation.from}→${operation.to}`;
    return operation.kind;
  });
}

function change(from: number | null, to: number | null, more: Partial<ServiceChange> = {}): ServiceChange {
  return {
    service: 'web',
    from: from === null ? null : { release: 1, count: from },
    to: to === null ? null : { release: more.keep ? 1 : 2, count: to },
    surge: 1,
    stopFirst: false,
    keep: false,
    ...more,
  };
}

const SHAPES: [string, ServiceChange, string[]][] = [
  ['a first start is one step', change(null, 3), ['start 3/3']],
  ['a first start of none', change(null, 0), []],
  ['from a set of none', change(0, 2), ['start 2/2']],
  ['1 → 1', change(1, 1), ['start 1/1', 'retire 1/1', 'settle']],
  [
    '3 → 3, one above',
    change(3, 3),
    ['start 1/3', 'retire 1/3', 'start 2/3', 'retire 2/3', 'start 3/3', 'retire 3/3', 'settle'],
  ],
  [
    '3 → 3, two above',
    change(3, 3, { surge: 2 }),
    ['start 2/3', 'retire 2/3', 'start 3/3', 'retire 3/3', 'settle'],
  ],
  ['3 → 3, all above', change(3, 3, { surge: 3 }), ['start 3/3', 'retire 3/3', 'settle']],
  ['3 → 3, more above than wanted', change(3, 3, { surge: 100 }), ['start 3/3', 'retire 3/3', 'settle']],
  [
    '2 → 4 keeps the former ones until enough new ones are there',
    change(2, 4),
    ['start 1/4', 'start 2/4', 'start 3/4', 'retire 1/2', 'start 4/4', 'retire 2/2', 'settle'],
  ],
  [
    '4 → 2 lets the surplus go with the first new one',
    change(4, 2),
    ['start 1/2', 'retire 3/4', 'start 2/2', 'retire 4/4', 'settle'],
  ],
  ['3 → 0', change(3, 0), ['retire 3/3', 'settle']],
  ['gone', change(3, null), ['retire 3/3', 'settle']],
  ['gone, and none ran', change(0, null), []],
  ['gone, and never ran', change(null, null), []],
  ['a volume stops first', change(1, 1, { stopFirst: true }), ['retire 1/1', 'settle', 'start 1/1']],
  ['a volume starts for the first time', change(null, 1, { stopFirst: true }), ['start 1/1']],
  ['a volume is scaled to none', change(1, 0, { stopFirst: true }), ['retire 1/1', 'settle']],
  ['more of the same', change(3, 6, { keep: true }), ['scale 3→6']],
  ['fewer of the same', change(6, 2, { keep: true, surge: 4 }), ['scale 6→2']],
  ['a volume is kept', change(0, 1, { keep: true, stopFirst: true }), ['scale 0→1']],
];

for (const [name, shape, expected] of SHAPES)
  test(`rolling: ${name}`, () => assert.deepEqual(inShort(rollingOperations(shape)), expected));

test('operations name their service, releases and numbers whole', () => {
  assert.deepEqual(rollingOperations(change(2, 1)), [
    { kind: 'start', service: 'web', release: 2, index: 1, of: 1 },
    { kind: 'retire', service: 'web', release: 1, index: 2, of: 2 },
    { kind: 'settle', service: 'web' },
  ]);
  assert.deepEqual(rollingOperations(change(2, 5, { keep: true })), [
    { kind: 'scale', service: 'web', release: 1, from: 2, to: 5 },
  ]);
});

const number = fc.integer({ min: 0, max: 12 });
const rolling = fc
  .record({ from: fc.option(number), to: fc.option(number), surge: fc.integer({ min: 1, max: 14 }) })
  .map(({ from, to, surge }) => change(from, to, { surge }));

function countsAtEachStep(shape: ServiceChange): Counts[] {
  const operations = rollingOperations(shape);
  return Array.from({ length: operations.length + 1 }, (_, done) => countsAfter(shape, operations, done));
}

test('property: never fewer than the smaller number, never more than the larger one and the surge', () => {
  fc.assert(
    fc.property(rolling, (shape) => {
      const from = shape.from?.count ?? 0;
      const to = shape.to?.count ?? 0;
      for (const { fresh, former } of countsAtEachStep(shape)) {
        assert.ok(fresh + former >= Math.min(from, to), `${fresh} + ${former} are too few`);
        assert.ok(fresh + former <= Math.max(from, to) + shape.surge, `${fresh} + ${former} are too many`);
      }
    }),
  );
});

test('property: what is ready is enough also while the newest instances still start', () => {
  fc.assert(
    fc.property(rolling, (shape) => {
      const steps = countsAtEachStep(shape);
      const enough = Math.min(shape.from?.count ?? 0, shape.to?.count ?? 0);
      for (const [index, { former }] of steps.slice(1).entries())
        assert.ok(steps[index]!.fresh + former >= enough);
    }),
  );
});

test('property: it begins with what runs and ends with what is wanted, and never goes back', () => {
  fc.assert(
    fc.property(rolling, (shape) => {
      const steps = countsAtEachStep(shape);
      assert.deepEqual(steps[0], { fresh: 0, former: shape.from?.count ?? 0 });
      assert.deepEqual(steps.at(-1), { fresh: shape.to?.count ?? 0, former: 0 });
      for (const [index, step] of steps.slice(1).entries()) {
        assert.ok(step.fresh >= steps[index]!.fresh && step.former <= steps[index]!.former);
      }
    }),
  );
});

test('property: with a volume, old and new are never wanted at the same time', () => {
  fc.assert(
    fc.property(rolling, (shape) => {
      for (const { fresh, former } of countsAtEachStep({ ...shape, stopFirst: true }))
        assert.ok(fresh === 0 || former === 0);
    }),
  );
});

test('counts of one service are not moved by operations of another', () => {
  const web = change(2, 2);
  const api = { ...change(3, 3), service: 'api' };
  const operations = [...rollingOperations(api), ...rollingOperations(web)];
  const done = rollingOperations(api).length;
  assert.deepEqual(countsAfter(web, operations, done), { fresh: 0, former: 2 });
  assert.deepEqual(countsAfter(api, operations, done), { fresh: 3, former: 0 });
  assert.deepEqual(countsAfter(api, operations, operations.length), { fresh: 3, former: 0 });
});

test('counts of a set that is kept follow its number', () => {
  const kept = change(3, 6, { keep: true });
  const operations = rollingOperations(kept);
  assert.deepEqual(countsAfter(kept, operations, 0), { fresh: 0, former: 3 });
  assert.deepEqual(countsAfter(kept, operations, 1), { fresh: 0, former: 6 });
});

test('every operation says what it does in one line', () => {
  const lines = [
    [
      { kind: 'prepare', service: 'web', artifact: '0123456789abcdef' },
      'prepare web (artifact 0123456789ab)',
    ],
    [{ kind: 'release', release: 1, from: null }, 'record release 1'],
    [{ kind: 'release', release: 8, from: 7 }, 'record release 8 (from 7)'],
    [
      { kind: 'start', service: 'web', release: 8, index: 1, of: 3 },
      'start web 1/3 of release 8, wait until it is ready',
    ],
    [{ kind: 'scale', service: 'web', release: 8, from: 3, to: 6 }, 'scale web from 3 to 6'],
    [{ kind: 'retire', service: 'web', release: 7, index: 2, of: 3 }, 'drain and stop web 2/3 of release 7'],
    [{ kind: 'settle', service: 'web' }, 'wait until the former instances of web are gone'],
    [{ kind: 'route', add: ['a→web', 'b→web'], remove: ['c→web'] }, 'route +a→web +b→web -c→web'],
    [{ kind: 'promote', release: 8 }, 'promote release 8'],
  ] satisfies [Operation, string][];
  for (const [operation, line] of lines) assert.equal(describe(operation), line);
});
