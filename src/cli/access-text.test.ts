import assert from 'node:assert/strict';
import { test } from 'node:test';
import { auditText } from './commands/audit.ts';
import { tokensText } from './commands/token.ts';
import { grantsText, usersText } from './commands/user.ts';
import { paintFor } from './text.ts';

const plain = paintFor({ isTTY: false });
const DAY = 24 * 3_600_000;

test('users, tokens and what was done, as people read them', () => {
  const grants = [{ role: 'viewer', environment: '*' } as const];
  assert.equal(
    usersText(
      [
        { name: 'ada', grants, hasPassword: true, createdAt: 1 },
        { name: 'ci', grants: [], hasPassword: false, createdAt: 1 },
      ],
      plain,
    ),
    'ada  viewer:*\nci   no role yet  no password',
  );
  const token = { user: 'ada', name: 'laptop', scope: grants, grants, createdAt: 0, expiresAt: 90 * DAY };
  assert.equal(
    tokensText([{ ...token, lastUsedAt: null }], 0),
    'ada  laptop  viewer:*  ends in 90 d  never used',
  );
  assert.equal(grantsText([...grants, { role: 'admin', environment: 'staging' }]), 'viewer:*, admin:staging');
});

test('what others wrote moves no cursor, and makes no entry of its own', () => {
  const hostile = '\x1b[2Jada\u202e\n1970-01-01 owner';
  const text = auditText(
    [
      {
        ...{ id: 1, at: 0, who: hostile, kind: 'nobody', token: null, from: hostile, action: 'sign in' },
        ...{ system: hostile, environment: '', target: hostile, detail: {}, outcome: 'refused', code: 'x' },
      },
    ],
    plain,
  );
  assert.match(text, /^1970-01-01 00:00:00 {2}\(␛\[2Jada/);
  assert.doesNotMatch(text, /[\x1b\u202e\n]/);
});
