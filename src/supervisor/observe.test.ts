import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstanceState } from '../core/contracts/index.ts';
import { type Instance, stateOf } from './instance.ts';
import { type ObserveInput, observe } from './observe.ts';
import { instanceOf, setOf, wishOf } from './testing/wish.ts';

const NOTHING: ObserveInput = {
  desired: [],
  instances: [],
  resources: [],
  runs: [],
  waitsFor: () => null,
  backoff: new Map(),
  failures: new Map(),
  pauses: new Map(),
  internalPorts: {},
  requests: new Map(),
  traffic: [],
  capabilities: { limits: 'cgroup v2' },
  gateway: { connected: true, pid: 12, problem: null },
  now: 10_000,
};

test('an observation, whole', () => {
  const failure = { instance: 'shop-web-x', reason: 'exited with code 1', at: 9000 };
  const observation = observe({
    ...NOTHING,
    desired: [wishOf([setOf({ rollout: 3, count: 2 })])],
    instances: [instanceOf({ rollout: 3 }, { memoryBytes: 5_000_000, cpu: 0.25 })],
    backoff: new Map([['local/shop/web#3', { failures: 2, notBefore: 10_400 }]]),
    failures: new Map([['local/shop/web#3', failure]]),
    pauses: new Map([['local/shop/web', 120]]),
    internalPorts: { 'local/shop/web': 30_001 },
    requests: new Map([['shop-web-a', 42]]),
    traffic: [
      {
        ...{
          key: 'local/shop/web',
          requests: 50,
          inFlight: 1,
          upgrades: 0,
          serverErrors: 2,
          gatewayErrors: 3,
        },
        ...{ held: 4, retries: 0, notRetried: 0 },
      },
    ],
  });
  assert.deepEqual(observation, {
    instances: [
      {
        id: 'shop-web-a',
        system: 'shop',
        environment: 'local',
        service: 'web',
        role: 'service',
        release: 1,
        rollout: 3,
        pid: 4711,
        port: 20_001,
        startedAt: 1000,
        state: 'ready',
        reason: '',
        memoryBytes: 5_000_000,
        cpu: 0.25,
        requests: 42,
      },
    ],
    resources: [],
    runs: [],
    sets: [
      {
        system: 'shop',
        environment: 'local',
        service: 'web',
        rollout: 3,
        failures: 2,
        lastFailure: failure,
        backoffMs: 400,
        waitsFor: null,
      },
    ],
    services: [
      {
        system: 'shop',
        environment: 'local',
        service: 'web',
        internalUrl: 'http://127.0.0.1:30001',
        held: 4,
        requests: 50,
        errors: 5,
        lastPauseMs: 120,
      },
    ],
    capabilities: { limits: 'cgroup v2' },
    gateway: { connected: true, pid: 12, problem: null },
  });
});

test('two sets of one service are two sets and one service; a back-off that is over is none', () => {
  const observation = observe({
    ...NOTHING,
    desired: [wishOf([setOf({ rollout: 1 }), setOf({ rollout: 2 })])],
    backoff: new Map([['local/shop/web#1', { failures: 2, notBefore: 10_000 }]]),
  });
  assert.deepEqual(
    observation.sets.map(({ rollout, failures, backoffMs }) => [rollout, failures, backoffMs]),
    [
      [1, 2, null],
      [2, 0, null],
    ],
  );
  assert.deepEqual(observation.services, [
    {
      ...{ system: 'shop', environment: 'local', service: 'web', internalUrl: null },
      ...{ held: 0, requests: 0, errors: 0, lastPauseMs: null },
    },
  ]);
});

const STATES: [InstanceState, Partial<Instance>][] = [
  ['ready', {}],
  ['unready', { readiness: 'unready' }],
  ['starting', { phase: 'starting', readiness: 'unproven', everReady: false }],
  ['starting', { phase: 'routed', readiness: 'unproven', everReady: false }],
  ['starting', { phase: 'routed', readiness: 'unready', everReady: false }],
  ['draining', { phase: 'draining' }],
  ['stopping', { phase: 'stopping' }],
];

for (const [state, more] of STATES)
  test(`people see ${state} for ${JSON.stringify(more)}`, () =>
    assert.equal(stateOf(instanceOf({}, more)), state));
