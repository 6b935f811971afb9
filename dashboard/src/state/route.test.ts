import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf, nameOf, type Route, routeOf, SYSTEMS, WHOLE_AUDIT } from './route.ts';

test('each view has one address, and back', () => {
  const cases: [string, Route][] = [
    ['#/', SYSTEMS],
    ['#/systems/shop', { view: 'system', system: 'shop' }],
    ['#/systems/shop/releases/3', { view: 'release', system: 'shop', release: 3, since: null }],
    ['#/systems/shop/releases/3?since=1', { view: 'release', system: 'shop', release: 3, since: 1 }],
    ['#/pipelines', { view: 'pipelines', system: null }],
    ['#/pipelines?system=shop', { view: 'pipelines', system: 'shop' }],
    ['#/pipelines/7', { view: 'run', run: 7, step: null }],
    ['#/pipelines/7/test', { view: 'run', run: 7, step: 'test' }],
    ['#/approvals', { view: 'approvals' }],
    ['#/audit', WHOLE_AUDIT],
    [
      '#/audit?environment=production&before=40',
      { ...WHOLE_AUDIT, environment: 'production', before: 40 } as Route,
    ],
  ];
  for (const [hash, route] of cases) {
    assert.deepEqual(routeOf(hash), route);
    assert.equal(hashOf(route), hash);
  }
});

test('names may hold anything', () => {
  for (const name of ['a/b', '?', '#', '%', '..', '<img src=x>', '\u202eabc', 'à la carte', '"'])
    for (const route of [
      { view: 'system', system: name },
      { view: 'run', run: 1, step: name },
      { ...WHOLE_AUDIT, system: name },
    ] as Route[])
      assert.deepEqual(routeOf(hashOf(route)), route, name);
});

test('what is no address of a view shows the systems', () => {
  for (const hash of [
    ...[
      '',
      '#',
      '#systems',
      '#/nothing',
      '#/pipelines/x',
      '#/pipelines/0',
      '#/pipelines/1/a/b',
      '#/pipelines/1/',
    ],
    ...[
      '#/systems',
      '#/systems/shop/other',
      '#/systems/shop/releases',
      '#/systems/shop/releases/-1',
      '#/audit/x',
    ],
    ...['#/systems/%', '#/pipelines/99999999999999999999', '#/approvals/1'],
  ])
    assert.deepEqual(routeOf(hash), SYSTEMS, hash);
});

test('a filter or a step of the same thing is the same thing', () => {
  assert.equal(nameOf(routeOf('#/pipelines/7/test')), nameOf(routeOf('#/pipelines/7')));
  assert.equal(nameOf(routeOf('#/audit?before=40')), nameOf(routeOf('#/audit')));
  assert.notEqual(nameOf(routeOf('#/pipelines/7')), nameOf(routeOf('#/pipelines/8')));
});
