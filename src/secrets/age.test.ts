import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { EscaleError } from '../core/errors/index.ts';
import { identityIn, recipientOf } from './age.ts';

const withoutAge = spawnSync('age', ['--version']).status !== 0 && 'no age here (Debian: apt install age)';

function fileIn(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-age-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'secrets', 'age-identity.txt');
}

test('an identity is made once, readable by its owner alone', async (t) => {
  const file = fileIn(t);
  const made = await Promise.all([identityIn(file), identityIn(file)]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(made, [await identityIn(file), await identityIn(file)]);
  assert.match(await recipientOf(made[0]), /^age1[a-z0-9]{58}$/);
});

test('age itself reads it', { skip: withoutAge }, async (t) => {
  const file = fileIn(t);
  const recipient = await recipientOf(await identityIn(file));
  const { stdout } = spawnSync('age', ['--encrypt', '--recipient', recipient], { input: 'hello' });
  assert.equal(
    String(spawnSync('age', ['--decrypt', '--identity', file], { input: stdout }).stdout),
    'hello',
  );
});

test('one that others may read, or that is none, is refused without being repeated', async (t) => {
  const file = fileIn(t);
  const identity = await identityIn(file);
  const refused = (error: EscaleError) =>
    error.code === 'age-identity' && !String(error.stack).includes('SECRET');
  chmodSync(file, 0o640);
  await assert.rejects(identityIn(file), refused);
  chmodSync(file, 0o600);
  for (const text of ['', `${identity}\n${identity}`, identity.toLowerCase(), `${identity}X`]) {
    writeFileSync(file, text);
    await assert.rejects(identityIn(file), refused);
    assert.equal(readFileSync(file, 'utf8'), text);
  }
});
