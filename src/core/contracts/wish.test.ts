import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DesiredSystem, InstanceSet } from './engine.ts';
import { wishDigest } from './wish.ts';

const plan = { artifact: '/a', env: { A: '1', B: '2' } } as unknown as InstanceSet['plan'];
const web: InstanceSet = { service: 'web', release: 1, rollout: 1, count: 2, plan };
const api: InstanceSet = { ...web, service: 'api' };
const wish: DesiredSystem = {
  system: 'shop',
  environment: 'local',
  sets: [web, api],
  resources: [],
  routes: [{ host: 'shop.localhost', prefix: '/', service: 'web' }],
};

test('the order of keys and sets does not matter, nor does the way over a socket', () => {
  const turned = { ...web, plan: { ...plan, env: { B: '2', A: '1' } } };
  const { routes, resources, sets: _, ...place } = wish;
  const other = { routes, sets: [api, turned], resources, ...place };
  assert.equal(wishDigest(other), wishDigest(wish));
  assert.equal(wishDigest(JSON.parse(JSON.stringify(wish))), wishDigest(wish));
});

test('anything else does', () => {
  const changed: DesiredSystem[] = [
    { ...wish, system: 'blog' },
    { ...wish, sets: [web] },
    { ...wish, sets: [{ ...web, count: 3 }, api] },
    { ...wish, sets: [{ ...web, plan: { ...plan, env: { A: '1' } } }, api] },
    { ...wish, routes: [] },
  ];
  assert.equal(new Set([wish, ...changed].map(wishDigest)).size, changed.length + 1);
});
