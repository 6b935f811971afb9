import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EscaleError } from '../errors/index.ts';
import { checkTokenName, checkUserName, grantText, parseGrant } from './words.ts';

const refusedWith = (code: string) => (error: unknown) => error instanceof EscaleError && error.code === code;

test('a grant is read as it is written', () => {
  assert.deepEqual(parseGrant('deployer:staging'), { role: 'deployer', environment: 'staging' });
  assert.deepEqual(parseGrant('viewer:*'), { role: 'viewer', environment: '*' });
  assert.equal(grantText(parseGrant('admin:production')), 'admin:production');
});

test('anything else is no grant', () => {
  for (const text of [
    ...['', 'viewer', 'viewer:', ':staging', 'owner:staging', 'viewer:staging:more', 'viewer: staging'],
    ...['Viewer:staging', 'viewer:**', 'viewer:Staging', 'viewer:-rf', 'viewer:../x', 'toString:a'],
  ])
    assert.throws(() => parseGrant(text), refusedWith('grant-wrong'), text);
});

/** Words that mean something to a shell, to git, to a path or to a reader's eye. */
const HOSTILE = [
  ...[
    '',
    ';',
    '$(id)',
    '`id`',
    "'",
    '"',
    'a\nb',
    'a\0b',
    '../up',
    '-rf',
    '--upload-pack=x',
    'a\u202eb',
    'a b',
  ],
  ...['Ada', 'a-', 'é', 'a'.repeat(41), '1a', '*', '__proto__', 'constructor.prototype', 'a/b', 'a%2fb'],
];

test('names of users and tokens are plain, and none is one that Escale uses', () => {
  for (const name of HOSTILE) {
    assert.throws(() => checkUserName(name), refusedWith('user-name'), JSON.stringify(name));
    assert.throws(() => checkTokenName(name), refusedWith('token-name'), JSON.stringify(name));
  }
  for (const name of ['owner', 'escale'])
    assert.throws(() => checkUserName(name), refusedWith('user-name'), name);
  for (const name of ['ada', 'a', 'ci-1', 'a'.repeat(40)]) {
    checkUserName(name);
    checkTokenName(name);
  }
});
