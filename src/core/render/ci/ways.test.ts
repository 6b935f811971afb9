import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesBranch, type SystemFile } from '../../manifest/index.ts';
import { branchExpression, jobBefore, waysOf } from './ways.ts';

function model(environments: SystemFile['environments']): SystemFile {
  return {
    name: 'shop',
    services: { web: { command: 'node web.js' } },
    ...(environments && { environments }),
  };
}

test('without a branch in the file, main and master go to staging', () => {
  const usual = { pushes: [{ environment: 'staging', branches: ['main', 'master'] }], promotions: [] };
  assert.deepEqual(waysOf(model(undefined)), usual);
  assert.deepEqual(waysOf(model({ production: {} })), usual);
});

test('branches are pushed; what waits for people is promoted, with the branches that it begins with', () => {
  const ways = waysOf(
    model({
      staging: { branch: 'develop' },
      review: { branch: 'release/*', approve: true },
      production: { promoteFrom: 'staging', approve: 'admin' },
      canary: { promoteFrom: 'production' },
      demo: { approve: true },
    }),
  );
  assert.deepEqual(ways, {
    pushes: [
      { environment: 'staging', branches: ['develop'] },
      { environment: 'review', branches: ['release/*'] },
    ],
    promotions: [
      { environment: 'production', from: 'staging', branches: ['develop'] },
      { environment: 'canary', from: 'production', branches: ['develop'] },
      { environment: 'demo', from: 'staging', branches: ['develop'] },
    ],
  });
  assert.deepEqual(jobBefore(ways.promotions[0]!, ways), { kind: 'push', environment: 'staging' });
  assert.deepEqual(jobBefore(ways.promotions[1]!, ways), { kind: 'promotion', environment: 'production' });
});

test('a circle of promotions ends', () => {
  const { promotions } = waysOf(model({ a: { promoteFrom: 'b' }, b: { promoteFrom: 'a' } }));
  assert.deepEqual(
    promotions.map(({ branches }) => branches),
    [
      ['main', 'master'],
      ['main', 'master'],
    ],
  );
});

test('the expression for a branch means what the server means', () => {
  const names = [
    'main',
    'release/1',
    'release/1/2',
    'release/',
    'xmain',
    'mainx',
    'a.b',
    'aXb',
    'a+b',
    'release',
  ];
  for (const pattern of ['main', 'release/*', '*', 'a.b', 'a+b', 'r*/1'])
    for (const name of names) {
      const expected = matchesBranch(pattern, name);
      assert.equal(new RegExp(branchExpression(pattern)).test(name), expected, `${pattern} ${name}`);
    }
});
