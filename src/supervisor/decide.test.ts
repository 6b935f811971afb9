import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DesiredSystem } from '../core/contracts/index.ts';
import { type Backoff, CALM } from './backoff.ts';
import { type Action, decide, type InstanceView, setKey } from './decide.ts';
import { planOf, setOf, wishOf } from './testing/wish.ts';

const NOW = 50_000;

function view(id: string, more: Partial<InstanceView> = {}): InstanceView {
  return {
    id,
    system: 'shop',
    environment: 'local',
    service: 'web',
    role: 'service',
    needs: [],
    rollout: 1,
    startedAt: 1000,
    ready: true,
    leaving: false,
    ...more,
  };
}

function decideOn(
  desired: DesiredSystem[],
  instances: InstanceView[],
  backoff: Record<string, Backoff> = {},
  answering: string[] = [],
) {
  const resourceAnswers = (key: string) => answering.includes(key);
  const backoffOf = (key: string) => backoff[key] ?? CALM;
  return decide({ desired, instances, backoff: backoffOf, resourceAnswers, isHeld: () => false, now: NOW });
}

/** `start web#1`, `retire a`. */
function inShort(actions: Action[]): string[] {
  return actions.map((action) =>
    action.kind === 'start' ? `start ${action.set.service}#${action.set.rollout}` : `retire ${action.id}`,
  );
}

const volume = setOf({ count: 1, plan: planOf({ volume: true }) });

const CASES: [string, DesiredSystem[], InstanceView[], string[]][] = [
  ['nothing is wanted, nothing runs', [], [], []],
  ['a first start', [wishOf([setOf({ count: 2 })])], [], ['start web#1', 'start web#1']],
  ['one is missing', [wishOf([setOf({ count: 2 })])], [view('a')], ['start web#1']],
  [
    'all are there, ready or not',
    [wishOf([setOf({ count: 2 })])],
    [view('a'), view('b', { ready: false })],
    [],
  ],
  [
    'one that leaves does not count',
    [wishOf([setOf({ count: 1 })])],
    [view('a', { leaving: true })],
    ['start web#1'],
  ],
  [
    'the surplus goes: what is not ready first, then the youngest',
    [wishOf([setOf({ count: 1 })])],
    [view('old'), view('young', { startedAt: 3000 }), view('starting', { startedAt: 2000, ready: false })],
    ['retire starting', 'retire young'],
  ],
  [
    'of several that are not ready the youngest goes first',
    [wishOf([setOf({ count: 2 })])],
    [view('a', { ready: false }), view('b', { ready: false, startedAt: 2000 }), view('c')],
    ['retire b'],
  ],
  ['a set of none', [wishOf([setOf({ count: 0 })])], [view('a')], ['retire a']],
  ['nobody wants it any more', [], [view('a'), view('b', { leaving: true })], ['retire a']],
  [
    'another rollout is another set',
    [wishOf([setOf({ rollout: 2, count: 1 })])],
    [view('a')],
    ['start web#2', 'retire a'],
  ],
  [
    'two systems with a service of the same name',
    [wishOf([setOf({ count: 1 })]), wishOf([setOf({ count: 1 })], { system: 'blog' })],
    [view('a')],
    ['start web#1'],
  ],
  ['a volume is free', [wishOf([volume])], [], ['start web#1']],
  ['a volume is in use by one that leaves', [wishOf([volume])], [view('a', { leaving: true })], []],
  ['a volume is in use by a former set', [wishOf([{ ...volume, rollout: 2 }])], [view('a')], ['retire a']],
  [
    'a volume of another environment is another one',
    [wishOf([volume], { environment: 'staging' })],
    [view('a', { leaving: true })],
    ['start web#1'],
  ],
  ['a volume wanted twice is started once', [wishOf([{ ...volume, count: 2 }])], [], ['start web#1']],
  [
    'a volume wanted by two sets is started once',
    [wishOf([volume, { ...volume, rollout: 2 }])],
    [],
    ['start web#1'],
  ],
];

for (const [name, desired, instances, expected] of CASES)
  test(`decide: ${name}`, () => assert.deepEqual(inShort(decideOn(desired, instances).actions), expected));

test('a start carries its place and its set', () => {
  const set = setOf({ count: 1 });
  assert.deepEqual(decideOn([wishOf([set])], []), {
    actions: [{ kind: 'start', system: 'shop', environment: 'local', set: { role: 'service', ...set } }],
    wakeAt: null,
  });
});

test('a set that backs off waits, says until when, and keeps no other one from starting', () => {
  const desired = [
    wishOf([setOf({ count: 1 }), setOf({ service: 'api', count: 1 }), setOf({ service: 'job', count: 1 })]),
  ];
  const backoff = {
    'local/shop/web#1': { failures: 3, notBefore: NOW + 900 },
    'local/shop/api#1': { failures: 1, notBefore: NOW + 400 },
    'local/shop/job#1': { failures: 1, notBefore: NOW },
  };
  const decision = decideOn(desired, [], backoff);
  assert.deepEqual(inShort(decision.actions), ['start job#1']);
  assert.equal(decision.wakeAt, NOW + 400);
});

test('a set that backs off still loses its surplus', () => {
  const backoff = { 'local/shop/web#1': { failures: 3, notBefore: NOW + 900 } };
  const decision = decideOn(
    [wishOf([setOf({ count: 1 })])],
    [view('a'), view('b', { startedAt: 2000 })],
    backoff,
  );
  assert.deepEqual(inShort(decision.actions), ['retire b']);
  assert.equal(decision.wakeAt, null);
});

const SERVICES = ['web', 'api', 'db'];
const sets = fc.uniqueArray(
  fc
    .record({
      service: fc.constantFrom(...SERVICES),
      rollout: fc.integer({ min: 1, max: 2 }),
      count: fc.integer({ min: 0, max: 4 }),
    })
    .map((set) => setOf({ ...set, plan: planOf({ volume: set.service === 'db' }) })),
  { selector: ({ service, rollout }) => `${service}#${rollout}` },
);
const views = fc
  .array(
    fc.record({
      service: fc.constantFrom(...SERVICES),
      rollout: fc.integer({ min: 1, max: 3 }),
      startedAt: fc.integer({ min: 0, max: 9 }),
      ready: fc.boolean(),
      leaving: fc.boolean(),
    }),
    { maxLength: 12 },
  )
  .map((list) => list.map((more, index) => view(`first-${index}`, more)));

/** The picture after actions; those that left are gone when `end` says so. */
function carryOut(instances: InstanceView[], actions: Action[], round: number): InstanceView[] {
  const retired = new Set(actions.map((action) => (action.kind === 'retire' ? action.id : '')));
  const started = actions.flatMap((action, index) =>
    action.kind === 'retire'
      ? []
      : [
          view(`round${round}-${index}`, {
            service: action.set.service,
            rollout: action.set.rollout,
            startedAt: round,
            ready: false,
          }),
        ],
  );
  const left = instances.map((one) => ({ ...one, leaving: one.leaving || retired.has(one.id) }));
  return [...left, ...started];
}

const gone = (instances: InstanceView[]) => instances.filter(({ leaving }) => !leaving);

test('property: decisions converge to the wished numbers, and then there is nothing to do', () => {
  fc.assert(
    fc.property(sets, views, (wanted, first) => {
      const one = wanted.filter(
        ({ service }, index) => service !== 'db' || wanted.findIndex((s) => s.service === 'db') === index,
      );
      const desired = [
        wishOf(one.map((set) => (set.service === 'db' ? { ...set, count: Math.min(1, set.count) } : set))),
      ];
      let instances = first;
      for (let round = 10; round < 14; round++)
        instances = gone(carryOut(instances, decideOn(desired, instances).actions, round));
      assert.deepEqual(decideOn(desired, instances).actions, []);
      for (const set of desired[0]!.sets) {
        const own = instances.filter((i) => setKey(i, i) === setKey(desired[0]!, set));
        assert.equal(own.length, set.count);
      }
      assert.equal(
        instances.length,
        desired[0]!.sets.reduce((sum, { count }) => sum + count, 0),
      );
    }),
  );
});

test('property: no ready instance goes while one of its set that is not ready stays', () => {
  fc.assert(
    fc.property(sets, views, (wanted, instances) => {
      const desired = [wishOf(wanted)];
      const retired = new Set(
        decideOn(desired, instances).actions.map((a) => (a.kind === 'retire' ? a.id : '')),
      );
      for (const set of wanted) {
        const own = instances.filter((i) => !i.leaving && setKey(i, i) === setKey(desired[0]!, set));
        const readyGoes = own.some(({ id, ready }) => ready && retired.has(id));
        const unreadyStays = own.some(({ id, ready }) => !ready && !retired.has(id));
        assert.ok(!(readyGoes && unreadyStays));
      }
    }),
  );
});

test('property: nothing starts on a volume that has a user, and never two at once', () => {
  fc.assert(
    fc.property(sets, views, (wanted, instances) => {
      const { actions } = decideOn([wishOf(wanted)], instances);
      const starts = actions.filter((a) => a.kind === 'start' && a.set.service === 'db').length;
      const users = instances.filter(({ service }) => service === 'db').length;
      assert.ok(starts === 0 || (starts === 1 && users === 0), `${starts} starts beside ${users}`);
    }),
  );
});

test('property: the same picture gives the same answer, and each instance is told to go once', () => {
  fc.assert(
    fc.property(sets, views, (wanted, instances) => {
      const { actions } = decideOn([wishOf(wanted)], instances);
      assert.deepEqual(actions, decideOn([wishOf(wanted)], instances).actions);
      const retired = actions.flatMap((action) => (action.kind === 'retire' ? [action.id] : []));
      assert.equal(new Set(retired).size, retired.length);
      for (const id of retired) assert.equal(instances.find((one) => one.id === id)!.leaving, false);
    }),
  );
});

const DB = { name: 'db', type: 'postgres', external: null };
const needsDb = setOf({ count: 1, plan: planOf({ resources: [{ resource: 'db', prefix: '' }] }) });
const withDb = wishOf([needsDb], { resources: [DB] });
const db = (more: Partial<InstanceView> = {}) =>
  view('db', { service: 'db', role: 'resource', rollout: 0, ...more });
const user = (more: Partial<InstanceView> = {}) => view('a', { needs: ['db'], ...more });

const RESOURCE_CASES: [string, DesiredSystem[], InstanceView[], string[], string[]][] = [
  ['a resource is started before what needs it', [withDb], [], [], ['start db#0']],
  ['it does not answer yet', [withDb], [db({ ready: false })], [], []],
  ['it answers', [withDb], [db()], ['local/shop/db'], ['start web#1']],
  ['never two on one folder', [withDb], [db({ leaving: true })], [], []],
  ['what runs stays when it is away', [withDb], [user()], [], ['start db#0']],
  ['one elsewhere is not started', [wishOf([], { resources: [{ ...DB, external: 'x' }] })], [], [], []],
  ['it stays while one who needs it drains', [], [db(), user({ leaving: true })], [], []],
  ['it goes after them', [], [db()], [], ['retire db']],
  ['what needs it goes first', [], [db(), user()], [], ['retire a']],
  ['jobs end by themselves', [], [view('j', { service: 'migrate', role: 'job' })], [], []],
];

for (const [name, desired, instances, answering, actions] of RESOURCE_CASES)
  test(`decide with resources: ${name}`, () =>
    assert.deepEqual(inShort(decideOn(desired, instances, {}, answering).actions), actions));
