import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesBranch, type SystemFile } from '../manifest/index.ts';
import { type EnvironmentRule, targetsOf } from './index.ts';

const FILE = (environments?: SystemFile['environments']): SystemFile => ({
  name: 'shop',
  services: { web: { command: 'node server.ts' } },
  ...(environments && { environments }),
});
const rule = (environment: string, more: Partial<EnvironmentRule>): EnvironmentRule => ({
  ...{ environment, branch: null, promoteFrom: null, approve: null },
  ...more,
});

const GITFLOW = {
  staging: { branch: 'develop' },
  preview: { branch: 'feature/*' },
  production: { branch: 'main' },
};

const TABLE: [string, SystemFile['environments'], EnvironmentRule[], string, string[]][] = [
  ['no word in the file: main goes to staging', undefined, [], 'main', ['staging']],
  ['no word in the file: other branches go nowhere', undefined, [], 'feature/x', []],
  ['gitflow', GITFLOW, [], 'develop', ['staging']],
  ['a pattern', GITFLOW, [], 'feature/x', ['preview']],
  ['a pattern ends at a slash', GITFLOW, [], 'feature/x/y', []],
  ['a rule takes a branch away', GITFLOW, [rule('production', { branch: 'release' })], 'main', []],
  [
    'a rule gives no branch that the file gives another',
    GITFLOW,
    [rule('production', { branch: 'release' })],
    'release',
    [],
  ],
  [
    'a rule where the file says nothing',
    { staging: { branch: 'main' } },
    [rule('qa', { branch: 'main' })],
    'main',
    ['staging', 'qa'],
  ],
  ['promotion only', GITFLOW, [rule('production', { promoteFrom: 'staging' })], 'main', []],
];

for (const [name, environments, rules, branch, expected] of TABLE)
  test(`where a push goes: ${name}`, () => {
    assert.deepEqual(targetsOf(FILE(environments), branch, rules), expected);
  });

test('a pattern is no regular expression', () => {
  for (const [pattern, branch, expected] of [
    ['a.c', 'abc', false],
    ['a.c', 'a.c', true],
    ['(a+)+', '(a+)+', true],
    ['release/*', 'release/1.0', true],
    ['*', 'main', true],
    ['*', 'a/b', false],
  ] as const)
    assert.equal(matchesBranch(pattern, branch), expected, `${pattern} ${branch}`);
});
