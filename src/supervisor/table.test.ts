import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callableServices, trafficTable } from './table.ts';
import { instanceOf, planOf, setOf, wishOf } from './testing/wish.ts';

const slowDrain = planOf({ stop: { drainMs: 20_000, websocketsMs: 60_000, graceMs: 2000 } });

const PROBE = { path: '/readyz', intervalMs: 1000, timeoutMs: 500, failures: 2, stableMs: 700 };
const DRAIN = { requestsMs: 4000, upgradesMs: 3000 };
const SLOW_DRAIN = { requestsMs: 20_000, upgradesMs: 60_000 };

test('a picture in the middle of a rollout, whole', () => {
  const wish = wishOf(
    [
      setOf({ release: 1, rollout: 1, count: 1 }),
      setOf({ release: 2, rollout: 2, count: 2, plan: slowDrain }),
      setOf({ service: 'worker', count: 1, plan: planOf({ port: false, uses: { API_URL: 'blog/api' } }) }),
    ],
    { routes: [{ host: 'shop.localhost', prefix: '/', service: 'web' }] },
  );
  const instances = [
    instanceOf({ id: 'old-ready', port: 20_001 }),
    instanceOf({ id: 'old-draining', port: 20_002 }, { phase: 'draining' }),
    instanceOf({ id: 'old-stopping', port: 20_003 }, { phase: 'stopping' }),
    instanceOf(
      { id: 'new-routed', release: 2, rollout: 2, port: 20_004 },
      { plan: slowDrain, readiness: 'unproven' },
    ),
    instanceOf(
      { id: 'new-starting', release: 2, rollout: 2, port: 20_005 },
      { plan: slowDrain, phase: 'starting' },
    ),
    instanceOf({ id: 'a-worker', service: 'worker', port: null }, { plan: planOf({ port: false }) }),
    instanceOf({ id: 'of-staging', environment: 'staging', port: 20_006 }),
  ];
  const table = trafficTable({
    version: 7,
    desired: [wish],
    instances,
    internalPorts: { 'local/shop/web': 30_001, 'local/blog/api': 30_002 },
    pages: { hosts: ['escale.localhost'], address: { path: '/run/pages.sock' } },
  });
  assert.deepEqual(table, {
    version: 7,
    routes: [
      { host: 'shop.localhost', prefix: '/', service: 'local/shop/web' },
      { host: 'escale.localhost', prefix: '/', service: 'escale/escale/pages' },
    ],
    internal: [
      { service: 'local/shop/web', host: '127.0.0.1', port: 30_001 },
      { service: 'local/blog/api', host: '127.0.0.1', port: 30_002 },
    ],
    services: [
      {
        key: 'local/shop/web',
        instances: [
          {
            id: 'old-ready',
            release: 1,
            address: { host: '127.0.0.1', port: 20_001 },
            rotation: 'in',
            probe: PROBE,
            drain: DRAIN,
          },
          {
            id: 'old-draining',
            release: 1,
            address: { host: '127.0.0.1', port: 20_002 },
            rotation: 'out',
            probe: PROBE,
            drain: DRAIN,
          },
          {
            id: 'new-routed',
            release: 2,
            address: { host: '127.0.0.1', port: 20_004 },
            rotation: 'in',
            probe: PROBE,
            drain: SLOW_DRAIN,
          },
        ],
        probe: PROBE,
        drain: SLOW_DRAIN,
        hold: { timeoutMs: 6000, max: 50 },
        responseTimeoutMs: 5000,
      },
      {
        key: 'local/blog/api',
        instances: [],
        probe: { path: null, intervalMs: 2000, timeoutMs: 2000, failures: 3, stableMs: 1000 },
        drain: { requestsMs: 30_000, upgradesMs: 30_000 },
        hold: { timeoutMs: 30_000, max: 1000 },
        responseTimeoutMs: 60_000,
      },
      {
        key: 'escale/escale/pages',
        instances: [{ id: 'escale-pages', release: 0, address: { path: '/run/pages.sock' }, rotation: 'in' }],
        probe: { path: null, intervalMs: 1000, timeoutMs: 1000, failures: 2, stableMs: 0 },
        drain: { requestsMs: 1000, upgradesMs: 1000 },
        hold: { timeoutMs: 10_000, max: 100 },
        responseTimeoutMs: 60_000,
      },
    ],
  });
});

test('nothing is wanted and there are no pages', () => {
  assert.deepEqual(trafficTable({ version: 1, desired: [], instances: [], internalPorts: {}, pages: null }), {
    version: 1,
    routes: [],
    internal: [],
    services: [],
  });
});

test('what is scaled to none keeps its inside address: its callers wait', () => {
  const table = trafficTable({
    version: 1,
    desired: [],
    instances: [],
    internalPorts: { 'local/shop/web': 30_001 },
    pages: null,
  });
  assert.deepEqual(
    table.services.map(({ key, instances }) => [key, instances.length]),
    [['local/shop/web', 0]],
  );
});

test('callable is what has a port, a route or a user; each once', () => {
  const wish = wishOf(
    [
      setOf({ plan: planOf({ uses: { API_URL: 'shop/api', STORE_URL: 'images/store' } }) }),
      setOf({ service: 'worker', plan: planOf({ port: false, uses: { API_URL: 'shop/api' } }) }),
    ],
    {
      routes: [
        { host: 'shop.localhost', prefix: '/', service: 'web' },
        { host: 'a', prefix: '/', service: 'asleep' },
      ],
    },
  );
  assert.deepEqual(callableServices(wish), [
    'local/shop/web',
    'local/shop/asleep',
    'local/shop/api',
    'local/images/store',
  ]);
});
