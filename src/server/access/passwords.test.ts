import assert from 'node:assert/strict';
import { scryptSync } from 'node:crypto';
import { test } from 'node:test';
import { EscaleError } from '../../core/errors/index.ts';
import { Passwords } from './passwords.ts';

const PASSWORD = 'correct horse battery';

test('what is kept says how it was made, with a salt of its own, and fits that password only', async () => {
  const passwords = new Passwords();
  const [one, other] = [await passwords.keep(PASSWORD), await passwords.keep(PASSWORD)];
  assert.match(one, /^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  assert.notEqual(one, other);
  assert.equal(await passwords.fits(PASSWORD, one), true);
  assert.equal(await passwords.fits(`${PASSWORD} `, one), false);
  assert.equal(await passwords.fits(PASSWORD, null), false);
});

test('what was kept at another cost still fits', async () => {
  const salt = Buffer.alloc(16, 1);
  const key = scryptSync(PASSWORD, salt, 32, { N: 1024, r: 8, p: 1 });
  const kept = ['scrypt', 1024, 8, 1, salt.toString('base64url'), key.toString('base64url')].join('$');
  assert.equal(await new Passwords().fits(PASSWORD, kept), true);
});

test('so many at once wait their turn, more are refused, and afterwards it goes on', async () => {
  const passwords = new Passwords();
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => passwords.fits(PASSWORD, null)));
  const refused = results.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  assert.equal(refused.length, 2);
  for (const { reason } of refused)
    assert.ok(reason instanceof EscaleError && reason.code === 'too-many-requests');
  assert.equal(await passwords.fits(PASSWORD, null), false);
});
