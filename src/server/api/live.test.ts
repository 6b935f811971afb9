import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { EngineEvent } from '../../core/contracts/index.ts';
import { controlPlaneIn, temporary, writeShop } from '../testing/control-plane.ts';
import { Live } from './live.ts';
import type { Overview } from './types.ts';

const EVENT: EngineEvent = {
  ...{ at: 1, type: 'instance-ready', system: 'shop', environment: 'local' },
  ...{ service: 'web', instance: 'web-1-0', release: 1, message: 'ready after 3 ms' },
};

async function liveShop(t: TestContext) {
  const { controlPlane, store, engine } = controlPlaneIn(t);
  const live = new Live({ engine, store, httpPort: 8080, version: '1.2.3', now: engine.now });
  live.controlPlane = controlPlane;
  const folder = writeShop(path.join(temporary(t), 'shop'), ['replicas: 2']);
  await controlPlane.deploy({ folder, environment: 'local' }, () => {});
  return { live, store, engine, folder, controlPlane };
}

test('a picture of a system that runs, whole', async (t) => {
  const { live, folder, engine, store } = await liveShop(t);
  const instance = { state: 'ready', reason: '', release: 1, pid: 1, port: 1, startedAt: 1 };
  const measured = { memoryBytes: null, cpu: null, requests: 0 };
  const [release] = store.releases('shop');
  const [rollout] = store.rollouts('shop', 'local', 1);
  assert.deepEqual(await live.overview(), {
    at: engine.now(),
    systems: [
      {
        ...{ name: 'shop', environment: 'local', target: null, folder, up: true, state: 'ready', release: 1 },
        services: [
          {
            ...{
              name: 'web',
              addresses: ['http://shop.localhost:8080/'],
              internalUrl: null,
              wanted: 2,
              ready: 2,
            },
            ...{ probed: false, requests: 0, errors: 0, held: 0, lastPauseMs: null },
            ...{ lastFailure: null, backoffMs: null, waitsFor: null },
            instances: ['web-1-0', 'web-1-1'].map((id) => ({ id, ...instance, ...measured })),
          },
        ],
        ...{ resources: [], jobs: [], calls: [] },
        releases: [{ number: 1, commit: null, dev: true, createdAt: release!.createdAt, current: true }],
        drift: { found: [], repaired: false },
        rollouts: [
          {
            ...{ id: 1, kind: 'deploy', fromRelease: null, toRelease: 1, state: 'promoted', reason: '' },
            ...{ startedAt: rollout!.startedAt, endedAt: rollout!.endedAt, done: 5, of: 5 },
          },
        ],
      },
    ],
    ...{ events: [], targets: [], pipelines: [], approvals: [] },
    host: {
      capabilities: {},
      gateway: { connected: true, pid: 1, problem: null },
      supervisor: { connected: true },
      ...{ httpPort: 8080, version: '1.2.3' },
    },
  });
});

test('a picture while the supervisor is away: what is wanted stays to be seen', async (t) => {
  const { live, engine } = await liveShop(t);
  engine.awayFor = 1;
  const { systems, host } = await live.overview();
  assert.deepEqual(
    [systems[0]!.state, systems[0]!.services[0]!.wanted, systems[0]!.services[0]!.ready],
    ['degraded', 2, 0],
  );
  assert.deepEqual([host.supervisor.connected, host.gateway.connected], [false, false]);
});

test('degraded, and down', async (t) => {
  const { live, engine, controlPlane } = await liveShop(t);
  const state = async () => (await live.overview()).systems[0]!.state;
  engine.fate = () => 'starting';
  assert.equal(await state(), 'degraded');
  await controlPlane.down({ system: 'shop', environment: 'local' });
  assert.equal(await state(), 'down');
});

test('who listens gets a picture at once, events as they are stored, and nothing after leaving', async (t) => {
  const { live, store } = await liveShop(t);
  const seen: [string, unknown][] = [];
  const first = Promise.withResolvers<void>();
  const stop = live.listen({
    overview: (picture) => {
      seen.push(['overview', picture]);
      first.resolve();
    },
    event: (event) => seen.push(['event', event]),
  });
  await first.promise;
  live.add(EVENT);
  stop();
  live.add(EVENT);
  assert.deepEqual(
    seen.map(([event]) => event),
    ['overview', 'event'],
  );
  assert.equal((seen[0]![1] as Overview).systems[0]!.name, 'shop');
  assert.deepEqual(seen[1]![1], { id: 1, ...EVENT });
  assert.equal(store.events(9).length, 2);
});

test('each event of the engine is stored once, over restarts of either side', async (t) => {
  const { store, engine, controlPlane } = await liveShop(t);
  const lives: [string, number][][] = [
    [
      ['a', 1],
      ['a', 2],
    ],
    [
      ['a', 1],
      ['a', 2],
      ['a', 3],
    ],
    [['b', 1]],
  ];
  for (const numbers of lives) {
    const live = new Live({ engine, store, httpPort: 80, version: '1', now: engine.now });
    live.controlPlane = controlPlane;
    const told = Promise.withResolvers<void>();
    engine.events = async function* (signal: AbortSignal) {
      for (const [origin, sequence] of numbers)
        yield { ...EVENT, message: `${origin}${sequence}`, origin, sequence };
      told.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    };
    live.start();
    await told.promise;
    live.close();
  }
  assert.deepEqual(
    store.events(99).map(({ message }) => message),
    ['a1', 'a2', 'a3', 'b1'],
  );
});

test('a picture that can’t be taken now is taken later: nothing else ends with it', async (t) => {
  const { live, store } = await liveShop(t);
  const said = Promise.withResolvers<void>();
  t.mock.method(console, 'error', () => said.resolve());
  const deployments = store.deployments.bind(store);
  store.deployments = () => {
    throw new Error('database disk image is malformed');
  };
  const pictures: unknown[] = [];
  const came = Promise.withResolvers<void>();
  live.listen({
    overview: (picture) => {
      pictures.push(picture);
      came.resolve();
    },
    event: () => {},
  });
  live.start();
  t.after(() => live.close());
  await said.promise;
  assert.deepEqual(pictures, []);
  store.deployments = deployments;
  await came.promise;
});

test('what only the control plane knows of brings a picture: runs that go on, what waits for a word', async (t) => {
  const { controlPlane, delivering, store, engine } = controlPlaneIn(t);
  const live = new Live({ engine, store, httpPort: 8080, version: '1', now: engine.now });
  live.controlPlane = controlPlane;
  live.pipelines = delivering.pipelines;
  delivering.pipelines.onChange(() => live.hear());
  const pictures: Overview[] = [];
  let next = Promise.withResolvers<void>();
  const stop = live.listen({
    overview: (picture) => {
      pictures.push(picture);
      next.resolve();
    },
    event: () => {},
  });
  t.after(stop);
  t.after(() => live.close());
  await next.promise;
  next = Promise.withResolvers();
  const wish = {
    system: 'shop',
    repository: 'shop',
    branch: 'main',
    commit: 'c',
    folder: '.',
    by: 'ada',
  } as const;
  const runs = [1, 2].map(() =>
    delivering.pipelines.begin({ ...wish, cause: 'push', environments: ['staging'] }),
  );
  const place = { system: 'shop', environment: 'production', release: 3, from: 'staging' };
  controlPlane.environments.want({ ...place, role: 'admin', wantedBy: 'ada', wantedAt: 5 });
  await next.promise;
  const [before, after] = pictures;
  assert.deepEqual([before!.pipelines, before!.approvals], [[], []]);
  assert.deepEqual(
    after!.pipelines.map(({ id, state }) => [id, state]),
    runs.map(({ id }) => [id, 'waiting']).reverse(),
  );
  assert.deepEqual(
    after!.approvals.map(({ environment, release }) => [environment, release]),
    [['production', 3]],
  );
});
