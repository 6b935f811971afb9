import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Overview, SystemView, TargetView } from '../api/types.ts';
import { promotionFor, rowsOf, systemsOf } from './environments.ts';

const view = (environment: string, release: number | null, more: object = {}) =>
  ({
    name: 'shop',
    environment,
    release,
    up: true,
    releases: [{ number: release, dev: false }],
    ...more,
  }) as SystemView;
const target = (environment: string, from: string | null): TargetView => ({
  environment,
  from,
  approve: null,
  problem: null,
});
const overview = (more: object): Overview =>
  ({ systems: [], pipelines: [], approvals: [], ...more }) as unknown as Overview;
const TARGETS = [target('production', 'staging'), target('staging', null)];

test('environments are in the order in which a release goes through them', () => {
  const seen = overview({ systems: [view('production', 1), view('staging', 2)] });
  const rows = rowsOf('shop', seen, [...TARGETS, target('preview', 'production')]);
  assert.deepEqual(
    rows.map(({ environment, view }) => [environment, view?.release ?? null]),
    [
      ['staging', 2],
      ['production', 1],
      ['preview', null],
    ],
  );
});

test('environments that come from each other end somewhere', () => {
  const rows = rowsOf('shop', overview({}), [target('a', 'b'), target('b', 'a')]);
  assert.equal(rows.length, 2);
});

test('a system that only ever failed is known by its runs, with where they would have gone', () => {
  const runs = [
    { id: 2, system: 'shop', environments: ['staging'] },
    { id: 1, system: 'shop', environments: ['staging'] },
  ];
  const [shop, ...others] = systemsOf(overview({ pipelines: runs }));
  assert.equal(others.length, 0);
  assert.deepEqual(
    [shop!.name, shop!.rows[0]!.environment, shop!.rows[0]!.view, shop!.rows[0]!.run!.id],
    ['shop', 'staging', null, 2],
  );
});

test('what can be promoted is what runs where releases come from', () => {
  const rows = (more: object) => rowsOf('shop', overview(more), TARGETS);
  const ofProduction = (more: object) => {
    const all = rows(more);
    return promotionFor(all.find(({ environment }) => environment === 'production')!, all);
  };
  assert.deepEqual(ofProduction({ systems: [view('staging', 2)] }), { from: 'staging', release: 2 });
  assert.deepEqual(ofProduction({ systems: [view('staging', 2), view('production', 1)] }), {
    from: 'staging',
    release: 2,
  });
  assert.equal(ofProduction({ systems: [view('staging', 2), view('production', 2)] }), null);
  assert.equal(ofProduction({ systems: [view('staging', 2, { up: false })] }), null);
  assert.equal(
    ofProduction({ systems: [view('staging', 2, { releases: [{ number: 2, dev: true }] })] }),
    null,
  );
  const approvals = [{ id: 1, system: 'shop', environment: 'production', release: 2 }];
  assert.equal(ofProduction({ systems: [view('staging', 2)], approvals }), null);
  assert.deepEqual(ofProduction({ systems: [view('staging', 3)], approvals }), {
    from: 'staging',
    release: 3,
  });
});
