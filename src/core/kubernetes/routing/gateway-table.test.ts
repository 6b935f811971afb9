import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EndpointSlice, type GatewayRules, gatewayRulesIn, gatewayTable } from './index.ts';

const RULE = {
  drain: { requestsMs: 30_000, upgradesMs: 10_000 },
  hold: { timeoutMs: 30_000, max: 1000 },
  responseTimeoutMs: 60_000,
};
const RULES: GatewayRules = {
  ...{ system: 'shop', environment: 'production' },
  routes: [{ host: 'shop.test', prefix: '/api', service: 'api' }],
  services: { api: RULE },
};

interface Pod {
  name: string;
  address?: string;
  conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean };
}

function slice(service: string, pods: Pod[], more: Partial<EndpointSlice> = {}): EndpointSlice {
  return {
    metadata: { name: `${service}-1`, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8000 }],
    endpoints: pods.map(({ name, address = '10.244.1.2', conditions }) => ({
      addresses: [address],
      targetRef: { kind: 'Pod', name },
      ...(conditions && { conditions }),
    })),
    ...more,
  };
}

function rotations(slices: EndpointSlice[]): Record<string, string> {
  const [{ instances }] = gatewayTable(RULES, slices, 1).services as unknown as [
    { instances: { id: string; rotation: string }[] },
  ];
  return Object.fromEntries(instances.map(({ id, rotation }) => [id, rotation]));
}

test('the whole table: rules of the file, pods of the cluster, and the way in by the address of a node', () => {
  const slices = [slice('api', [{ name: 'api-1' }]), slice('other', [{ name: 'other-1' }])];
  assert.deepEqual(gatewayTable(RULES, slices, 7), {
    version: 7,
    routes: [
      { host: 'shop.test', prefix: '/api', service: 'production/shop/api' },
      { host: '*', prefix: '/api', service: 'production/shop/api' },
    ],
    internal: [],
    services: [
      {
        key: 'production/shop/api',
        probe: { path: null, intervalMs: 2000, timeoutMs: 1000, failures: 2, stableMs: 0 },
        ...RULE,
        instances: [{ id: 'api-1', release: 0, address: { host: '10.244.1.2', port: 8000 }, rotation: 'in' }],
      },
    ],
  });
});

test('of two hosts the first one answers whoever asks by an address', () => {
  const [one, other] = ['a.test', 'b.test'].map((host) => ({ host, prefix: '/', service: 'api' }));
  const routes = [one!, other!];
  const table = gatewayTable({ ...RULES, routes }, [], 1);
  assert.deepEqual(
    table.routes.map(({ host }) => host),
    ['a.test', 'b.test', '*'],
  );
});

test('who is ready takes requests, who is not rests, who goes is out', () => {
  assert.deepEqual(
    rotations([
      slice('api', [
        { name: 'says nothing' },
        { name: 'ready', conditions: { ready: true, serving: true, terminating: false } },
        { name: 'starting', conditions: { ready: false, serving: false, terminating: false } },
        { name: 'leaving', conditions: { ready: false, serving: true, terminating: true } },
      ]),
    ]),
    { 'says nothing': 'in', ready: 'in', starting: 'rest', leaving: 'out' },
  );
});

test('an endpoint in two slices is one instance: who goes does not come back, who is ready somewhere is ready', () => {
  const going = { ready: false, serving: true, terminating: true };
  const second = { metadata: { name: 'api-2', labels: { 'kubernetes.io/service-name': 'api' } } };
  assert.deepEqual(
    rotations([
      slice('api', [
        { name: 'a', conditions: going },
        { name: 'b' },
        { name: 'c', conditions: { ready: false } },
      ]),
      slice('api', [{ name: 'a' }, { name: 'b', conditions: going }, { name: 'c' }], second),
    ]),
    { a: 'out', b: 'out', c: 'in' },
  );
});

test('of two families of addresses the first is used; names and slices without a port are passed over', () => {
  const six = slice('api', [{ name: 'a', address: 'fd00::2' }], { addressType: 'IPv6' });
  const named = slice('api', [{ name: 'b', address: 'b.test' }], { addressType: 'FQDN' });
  const portless = slice('api', [{ name: 'c' }], { ports: [] });
  const empty = slice('api', [], { endpoints: null, ports: null });
  const { services } = gatewayTable(RULES, [six, named, portless, empty, slice('api', [{ name: 'a' }])], 1);
  assert.deepEqual(
    services[0]!.instances.map(({ id, address }) => [id, address]),
    [['a', { host: '10.244.1.2', port: 8000 }]],
  );
});

test('rules that are damaged are none', () => {
  assert.deepEqual(gatewayRulesIn(JSON.stringify(RULES)), RULES);
  for (const text of [undefined, '', '{', 'null', '[]', '{"system":"shop"}', '{"system":1,"routes":[]}'])
    assert.equal(gatewayRulesIn(text), null);
});
