import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveSystem, type SystemFile } from '../core/manifest/index.ts';
import { makePlan, type Resolution } from '../core/plan/index.ts';
import { desiredAtRest, desiredDuring, instancePlan } from './desired.ts';
import { inShort } from './testing/fake-engine.ts';

const PLACE = { system: 'shop', environment: 'local' };
const artifacts = {
  folderOf: (digest: string) => `/artifacts/${digest}`,
  staticServer: '.escale/static-server.ts',
};

const FILES: Record<number, SystemFile> = {
  1: {
    name: 'shop',
    services: { api: { command: 'node api.ts', port: true }, old: { command: 'node old.ts', port: true } },
    routes: { 'shop.localhost': 'old' },
  },
  2: {
    name: 'shop',
    services: {
      api: { command: 'node api.ts', port: true },
      web: { command: 'node web.ts', port: true, uses: ['api', 'images/store'] },
    },
    routes: { 'shop.localhost': 'web', 'shop.localhost/api': 'api' },
  },
};

function resolve(release: number): Resolution {
  const system = resolveSystem(FILES[release]!);
  const digests = Object.keys(system.services).map((name) => [name, `${name}-files`]);
  return { release, system, artifacts: Object.fromEntries(digests) };
}

test('at rest, whole', () => {
  const wanted = { web: { release: 2, rollout: 7, count: 3 } };
  const desired = desiredAtRest({ place: PLACE, wanted, release: 2, resolve, artifacts });
  assert.deepEqual(desired, {
    system: 'shop',
    environment: 'local',
    sets: [
      {
        service: 'web',
        release: 2,
        rollout: 7,
        count: 3,
        plan: {
          artifact: '/artifacts/web-files',
          command: ['node', 'web.ts'],
          env: {},
          port: true,
          health: { ready: null, live: null, intervalMs: 2000, timeoutMs: 2000, failures: 3 },
          start: { deadlineMs: 30_000, stableMs: 1000 },
          stop: { drainMs: 30_000, websocketsMs: 30_000, graceMs: 10_000 },
          hold: { timeoutMs: 30_000, max: 1000 },
          responseTimeoutMs: 60_000,
          limits: { memoryBytes: null, cpu: null, processes: null, diskBytes: null },
          volume: false,
          uses: { API_URL: 'shop/api', IMAGES_STORE_URL: 'images/store' },
          resources: [],
        },
      },
    ],
    resources: [],
    routes: [
      { host: 'shop.localhost', prefix: '/', service: 'web' },
      { host: 'shop.localhost', prefix: '/api', service: 'api' },
    ],
  });
});

test('a static service runs Escale’s server, and is probed as that', () => {
  const file: SystemFile = { name: 'shop', services: { a: { static: true }, b: { static: { spa: true } } } };
  const plans = ['a', 'b'].map((service) =>
    instancePlan(resolveSystem(file), { service, artifact: '/artifacts/a', staticServer: 'server.ts' }),
  );
  assert.deepEqual(
    plans.map(({ command }) => command),
    [
      ['node', '--disable-warning=ExperimentalWarning', 'server.ts'],
      ['node', '--disable-warning=ExperimentalWarning', 'server.ts', '--spa'],
    ],
  );
  assert.deepEqual([plans[0]!.health.ready, plans[0]!.health.live], ['/.escale/ready', '/.escale/ready']);
});

test('what is wished during each step of a rollout: one service stays, one comes, one goes', () => {
  const former = { api: { release: 1, rollout: 1, count: 1 }, old: { release: 1, rollout: 1, count: 2 } };
  const plan = makePlan({
    ...{ before: resolve(1), after: resolve(2), running: former, scaled: {} },
    ...{ recorded: true, missingArtifacts: [], restart: [], runJobs: true, backUp: false, urgent: false },
  });
  const wishes = Array.from({ length: plan.operations.length + 1 }, (_, done) => {
    const wish = desiredDuring({
      ...{ place: PLACE, rollout: 2, former, changes: plan.changes, operations: plan.operations, done },
      ...{ fromRelease: 1, toRelease: 2, resolve, artifacts },
    });
    const next = plan.operations[done]?.kind ?? 'end';
    return `${inShort(wish).join(' ')} | ${wish.routes.map((route) => route.service).join(' ')} | then ${next}`;
  });
  assert.deepEqual(wishes, [
    'api#1:1×1 old#1:1×2 | old | then start',
    'api#1:1×1 web#2:2×1 old#1:1×2 | old | then route',
    'api#1:1×1 web#2:2×1 old#1:1×2 | web api | then retire',
    'api#1:1×1 web#2:2×1 | web api | then settle',
    'api#1:1×1 web#2:2×1 | web api | then promote',
    'api#1:1×1 web#2:2×1 | web api | then end',
  ]);
});

test('a first deploy has no routes before its services are there', () => {
  const plan = makePlan({
    ...{ before: null, after: resolve(2), running: {}, scaled: {} },
    ...{ recorded: true, missingArtifacts: [], restart: [], runJobs: true, backUp: false, urgent: false },
  });
  const at = (done: number) =>
    desiredDuring({
      ...{ place: PLACE, rollout: 1, former: {}, changes: plan.changes, operations: plan.operations, done },
      ...{ fromRelease: null, toRelease: 2, resolve, artifacts },
    });
  assert.deepEqual(
    [0, 1, 2, 3].map((done) => [inShort(at(done)).length, at(done).routes.length]),
    [
      [0, 0],
      [1, 0],
      [2, 0],
      [2, 2],
    ],
  );
});

test('a service of a release whose database is elsewhere is told so, for as long as both releases run', () => {
  const bindings = [null, 'postgres://db.example.org/shop'].map((external) => {
    const db = { type: 'postgres' as const, ...(external === null ? {} : { external }) };
    const api = { command: 'node api.ts', uses: ['db'] };
    const system = resolveSystem({ name: 'shop', services: { api }, resources: { db } });
    return instancePlan(system, { service: 'api', artifact: '/a', staticServer: 's' }).resources;
  });
  assert.deepEqual(bindings, [
    [{ resource: 'db', prefix: '' }],
    [{ resource: 'db', prefix: '', external: true }],
  ]);
});
