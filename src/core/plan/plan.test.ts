import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { resolveSystem, type SystemFile } from '../manifest/index.ts';
import { describe } from '../rollout/index.ts';
import { makePlan, type Plan, type PlanInput, type Resolution, type Running } from './plan.ts';

type Services = Record<string, Partial<SystemFile['services'][string]>>;

const NODE = { command: 'node server.ts', port: true as const };

/** A release of `shop`; the artifact of each service is named for what the service runs. */
function release(number: number, services: Services, more: Partial<SystemFile> = {}): Resolution {
  const file: SystemFile = {
    name: 'shop',
    services: Object.fromEntries(Object.entries(services).map(([name, s]) => [name, { ...NODE, ...s }])),
    ...more,
  };
  const artifacts = Object.fromEntries(Object.keys(services).map((name) => [name, `${name}-files`]));
  return { release: number, system: resolveSystem(file), artifacts };
}

function input(after: Resolution, more: Partial<PlanInput> = {}): PlanInput {
  return {
    before: null,
    after,
    running: {},
    scaled: {},
    recorded: false,
    missingArtifacts: [],
    restart: [],
    runJobs: false,
    backUp: false,
    urgent: false,
    ...more,
  };
}

const lines = (plan: Plan) => plan.operations.map(describe);
const atRelease = (number: number, counts: Record<string, number>): Record<string, Running> =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, { release: number, count }]));

test('a first deploy, whole', () => {
  const after = release(1, { web: { replicas: 2 } }, { routes: { 'shop.localhost': 'web' } });
  assert.deepEqual(makePlan(input(after, { missingArtifacts: ['web-files'] })), {
    operations: [
      { kind: 'prepare', service: 'web', artifact: 'web-files' },
      { kind: 'release', release: 1, from: null },
      { kind: 'start', service: 'web', release: 1, index: 2, of: 2 },
      { kind: 'route', add: ['shop.localhost→web'], remove: [] },
      { kind: 'promote', release: 1 },
    ],
    changes: [
      {
        service: 'web',
        from: null,
        to: { release: 1, count: 2 },
        surge: 1,
        stopFirst: false,
        keep: false,
      },
    ],
  });
});

test('nothing to do', () => {
  const same = release(4, { web: { replicas: 2 } }, { routes: { 'shop.localhost': 'web' } });
  const plan = makePlan(input(same, { before: same, running: atRelease(3, { web: 2 }), recorded: true }));
  assert.deepEqual(plan, { operations: [], changes: [] });
});

test('one service of many changed: only it is replaced', () => {
  const before = release(1, { api: {}, web: {}, worker: {} });
  const after = release(2, { api: {}, web: { env: { COLOR: 'red' } }, worker: {} });
  const running = atRelease(1, { api: 1, web: 1, worker: 1 });
  assert.deepEqual(lines(makePlan(input(after, { before, running }))), [
    'record release 2 (from 1)',
    'start web 1/1 of release 2, wait until it is ready',
    'drain and stop web 1/1 of release 1',
    'wait until the former instances of web are gone',
    'promote release 2',
  ]);
});

test('another artifact replaces, also where the file says the same', () => {
  const before = release(1, { web: {} });
  const after = { ...before, release: 2, artifacts: { web: 'other-files' } };
  const plan = makePlan(input(after, { before, running: atRelease(1, { web: 1 }) }));
  assert.equal(lines(plan)[1], 'start web 1/1 of release 2, wait until it is ready');
});

test('a release that changes no service is recorded and promoted, and replaces nothing', () => {
  const before = release(1, { web: {} });
  const plan = makePlan(input({ ...before, release: 2 }, { before, running: atRelease(1, { web: 1 }) }));
  assert.deepEqual(lines(plan), ['record release 2 (from 1)', 'promote release 2']);
});

test('a removed service loses its routes before it is retired', () => {
  const routes = { 'shop.localhost': 'web', 'shop.localhost/old': 'old' };
  const before = release(1, { web: {}, old: { replicas: 2 } }, { routes });
  const after = release(2, { web: {} }, { routes: { 'shop.localhost': 'web' } });
  const running = atRelease(1, { web: 1, old: 2 });
  assert.deepEqual(lines(makePlan(input(after, { before, running }))), [
    'record release 2 (from 1)',
    'route -shop.localhost/old→old',
    'drain and stop old 2/2 of release 1',
    'wait until the former instances of old are gone',
    'promote release 2',
  ]);
});

test('a route that moves to a new service moves once that is ready', () => {
  const before = release(1, { web: {} }, { routes: { 'shop.localhost': 'web' } });
  const after = release(2, { web: {}, next: {} }, { routes: { 'shop.localhost': 'next' } });
  const plan = makePlan(input(after, { before, running: atRelease(1, { web: 1 }) }));
  assert.deepEqual(lines(plan), [
    'record release 2 (from 1)',
    'start next 1/1 of release 2, wait until it is ready',
    'route +shop.localhost→next -shop.localhost→web',
    'promote release 2',
  ]);
});

test('numbers that people set stay through a release', () => {
  const before = release(1, { web: { replicas: 2 } });
  const after = release(2, { web: { replicas: 2, env: { COLOR: 'red' } } });
  const scaled = { web: 3 };
  const plan = makePlan(input(after, { before, running: atRelease(1, { web: 3 }), scaled }));
  assert.deepEqual(plan.changes[0]!.to, { release: 2, count: 3 });
});

test('another number alone keeps the instances of the release that they run', () => {
  const same = release(5, { web: { replicas: 2 } });
  const plan = makePlan(
    input(same, { before: same, running: atRelease(3, { web: 2 }), scaled: { web: 6 }, recorded: true }),
  );
  assert.deepEqual(plan.operations, [{ kind: 'scale', service: 'web', release: 3, from: 2, to: 6 }]);
  assert.deepEqual(plan.changes[0]!.to, { release: 3, count: 6 });
});

test('the file’s number of replicas changes the number only', () => {
  const before = release(1, { web: { replicas: 2 } });
  const after = release(2, { web: { replicas: 4 } });
  assert.deepEqual(lines(makePlan(input(after, { before, running: atRelease(1, { web: 2 }) }))), [
    'record release 2 (from 1)',
    'scale web from 2 to 4',
    'promote release 2',
  ]);
});

test('a restart replaces what is named, of the same release', () => {
  const same = release(2, { api: {}, web: {} });
  const running = atRelease(1, { api: 1, web: 1 });
  const plan = makePlan(input(same, { before: same, running, recorded: true, restart: ['web'] }));
  assert.deepEqual(lines(plan), [
    'start web 1/1 of release 2, wait until it is ready',
    'drain and stop web 1/1 of release 1',
    'wait until the former instances of web are gone',
  ]);
});

test('a service with a volume stops before its successor starts', () => {
  const before = release(1, { db: { volume: true } });
  const after = release(2, { db: { volume: true, env: { COLOR: 'red' } } });
  assert.deepEqual(lines(makePlan(input(after, { before, running: atRelease(1, { db: 1 }) }))), [
    'record release 2 (from 1)',
    'drain and stop db 1/1 of release 1',
    'wait until the former instances of db are gone',
    'start db 1/1 of release 2, wait until it is ready',
    'promote release 2',
  ]);
});

test('up again after down: the same release starts, and nothing is recorded twice', () => {
  const plan = makePlan(input(release(3, { web: {} }), { recorded: true }));
  assert.deepEqual(lines(plan), ['start web 1/1 of release 3, wait until it is ready', 'promote release 3']);
});

test('services start after those they use, in the order of the file among equals', () => {
  const after = release(1, {
    web: { uses: ['api', 'images/store'] },
    worker: { uses: ['queue'] },
    api: { uses: ['queue'] },
    queue: {},
    admin: {},
  });
  const started = makePlan(input(after)).changes.map(({ service }) => service);
  assert.deepEqual(started, ['queue', 'api', 'web', 'worker', 'admin']);
});

test('only artifacts that are missing are prepared', () => {
  const plan = makePlan(input(release(1, { api: {}, web: {} }), { missingArtifacts: ['api-files'] }));
  assert.deepEqual(lines(plan).slice(0, 2), ['prepare api (artifact api-files)', 'record release 1']);
});

const NAMES = ['api', 'web', 'constructor'];
const file = fc.record({
  services: fc.dictionary(
    fc.constantFrom(...NAMES),
    fc.record({
      replicas: fc.integer({ min: 0, max: 4 }),
      env: fc.record({ COLOR: fc.constantFrom('red', 'blue') }),
    }),
    { minKeys: 1 },
  ),
  surge: fc.integer({ min: 1, max: 3 }),
});
const scaled = fc.dictionary(fc.constantFrom(...NAMES), fc.integer({ min: 0, max: 4 }));
const resolution = (number: number) =>
  file.map(({ services, surge }) =>
    release(number, services, {
      rollout: { surge },
      routes: Object.fromEntries(Object.keys(services).map((name) => [`${name}.localhost`, name])),
    }),
  );

/** What runs once a plan was carried out. */
function carryOut(running: Record<string, Running>, plan: Plan): Record<string, Running> {
  const after = new Map(Object.entries(running));
  for (const { service, to } of plan.changes)
    if (to === null) after.delete(service);
    else after.set(service, to);
  return Object.fromEntries(after);
}

test('property: the same input gives the same plan', () => {
  fc.assert(
    fc.property(resolution(1), resolution(2), scaled, (before, after, numbers) => {
      const running = carryOut({}, makePlan(input(before)));
      const given = input(after, { before, running, scaled: numbers });
      assert.deepEqual(makePlan(given), makePlan(structuredClone(given)));
    }),
  );
});

test('property: after a plan was carried out there is nothing to do', () => {
  fc.assert(
    fc.property(resolution(1), resolution(2), scaled, (before, after, numbers) => {
      const first = carryOut({}, makePlan(input(before, { scaled: numbers })));
      const second = carryOut(first, makePlan(input(after, { before, running: first, scaled: numbers })));
      const again = input(after, { before: after, running: second, scaled: numbers, recorded: true });
      assert.deepEqual(makePlan(again), { operations: [], changes: [] });
      const wanted = Object.values(after.system.services).map(({ name, replicas }) => [
        name,
        Object.hasOwn(numbers, name) ? numbers[name] : replicas,
      ]);
      assert.deepEqual(
        Object.fromEntries(Object.entries(second).map(([name, { count }]) => [name, count])),
        Object.fromEntries(wanted),
      );
    }),
  );
});

const DATABASE = { resources: { db: { type: 'postgres' as const } } };
const MIGRATE = { command: 'node migrate.ts', before: 'deploy' as const, uses: ['db'] };
const JOBS = { jobs: { migrate: MIGRATE, clean: { command: 'node clean.ts', schedule: '@daily' } } };

test('resources come first, then the jobs before a deploy, then services', () => {
  const after = release(1, { api: { uses: ['db'] } }, { ...DATABASE, ...JOBS });
  after.artifacts.migrate = 'api-files';
  after.artifacts.clean = 'clean-files';
  const missingArtifacts = ['api-files', 'clean-files'];
  const plan = makePlan(input(after, { missingArtifacts, runJobs: true }));
  assert.deepEqual(lines(plan), [
    'prepare api (artifact api-files)',
    'prepare clean (artifact clean-files)',
    'record release 1',
    'start db (postgres), wait until it answers',
    'run migrate of release 1, wait until it has ended',
    'start api 1/1 of release 1, wait until it is ready',
    'promote release 1',
  ]);
});

test('a resource that runs is left alone; jobs run with each new release, and with a start from nothing', () => {
  const more = { ...DATABASE, ...JOBS };
  const before = release(1, { api: { uses: ['db'] } }, more);
  const after = release(2, { api: { uses: ['db'], env: { A: '1' } } }, more);
  const running = atRelease(1, { api: 1 });
  assert.deepEqual(lines(makePlan(input(after, { before, running, runJobs: true }))), [
    'record release 2 (from 1)',
    'run migrate of release 2, wait until it has ended',
    'start api 1/1 of release 2, wait until it is ready',
    'drain and stop api 1/1 of release 1',
    'wait until the former instances of api are gone',
    'promote release 2',
  ]);
  const same = { before, running, recorded: true, runJobs: true };
  assert.deepEqual(makePlan(input(before, same)), { operations: [], changes: [] });
  assert.deepEqual(lines(makePlan(input(before, { recorded: true, runJobs: true }))), [
    'start db (postgres), wait until it answers',
    'run migrate of release 1, wait until it has ended',
    'start api 1/1 of release 1, wait until it is ready',
    'promote release 1',
  ]);
});

test('a rollback runs no jobs', () => {
  const before = release(2, { api: { env: { A: '1' } } }, JOBS);
  const plan = makePlan(input(release(1, { api: {} }, JOBS), { before, running: atRelease(2, { api: 1 }) }));
  assert.equal(
    plan.operations.some(({ kind }) => kind === 'run'),
    false,
  );
});

test('a database elsewhere is reached first, and whoever uses it gets another address', () => {
  const before = release(1, { api: { uses: ['db'] }, web: {} }, DATABASE);
  const external = 'postgres://db.example.org/tasks';
  const after = release(
    2,
    { api: { uses: ['db'] }, web: {} },
    { resources: { db: { type: 'postgres', external } } },
  );
  assert.deepEqual(lines(makePlan(input(after, { before, running: atRelease(1, { api: 1, web: 1 }) }))), [
    'record release 2 (from 1)',
    'reach db (postgres that exists elsewhere)',
    'start api 1/1 of release 2, wait until it is ready',
    'drain and stop api 1/1 of release 1',
    'wait until the former instances of api are gone',
    'promote release 2',
  ]);
});

test('a resource that the file has no more stops last, and keeps what it has', () => {
  const before = release(1, { api: { uses: ['db'] } }, DATABASE);
  const running = atRelease(1, { api: 1 });
  assert.deepEqual(lines(makePlan(input(release(2, { api: {} }), { before, running }))).slice(-3), [
    'wait until the former instances of api are gone',
    'stop db (what it keeps stays)',
    'promote release 2',
  ]);
});

test('a database is copied before a job that is another one, where data is kept', () => {
  const jobs = {
    migrate: { command: 'node m.ts', before: 'deploy' as const, uses: ['db', 'far'] },
    seed: { command: 'node s.ts', before: 'deploy' as const, uses: ['db'] },
  };
  const resources = {
    db: { type: 'postgres' as const },
    far: { type: 'postgres' as const, external: 'postgres://db.example.org/x' },
  };
  const at = (number: number, migrate: string) => {
    const one = release(number, { web: {} }, { jobs, resources });
    return { ...one, artifacts: { ...one.artifacts, migrate, seed: 'same' } };
  };
  const copies = (before: Resolution | null, after: Resolution, backUp = true) =>
    makePlan(input(after, { before, runJobs: true, backUp })).operations.flatMap((operation, index, all) =>
      operation.kind === 'backup' ? [`${operation.resource} before ${all[index + 1]?.kind}`] : [],
    );
  assert.deepEqual(copies(at(1, 'old'), at(2, 'new')), ['db before run']);
  assert.deepEqual(copies(at(1, 'same'), at(2, 'same')), []);
  assert.deepEqual(copies(null, at(1, 'new')), []);
  assert.deepEqual(copies(at(1, 'old'), at(2, 'new'), false), []);
});

test('a rollback starts all instances of a service at once, whatever the file says of a surge', () => {
  const at = (number: number, artifact: string) => {
    const one = release(number, { web: { replicas: 3 } });
    return { ...one, artifacts: { web: artifact } };
  };
  const way = (urgent: boolean) =>
    lines(makePlan(input(at(1, 'a'), { before: at(2, 'b'), running: atRelease(2, { web: 3 }), urgent })));
  assert.equal(way(false).filter((line) => line.startsWith('start')).length, 3);
  assert.deepEqual(
    way(true).filter((line) => line.startsWith('start')),
    ['start web 3/3 of release 1, wait until it is ready'],
  );
});
