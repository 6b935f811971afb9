import assert from 'node:assert/strict';
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporary } from './testing/folder.ts';
import { reachableByOthers, userFor, userOfStep } from './user.ts';

test('a system in an environment has a user of its own, the same every time', () => {
  assert.deepEqual(userFor('local', 'shop'), userFor('local', 'shop'));
  assert.notDeepEqual(userFor('local', 'shop'), userFor('staging', 'shop'));
  assert.notDeepEqual(userFor('local', 'shop'), userFor('local', 'blog'));
});

test('no user is root or has an account: all lie in the range for dynamic ones', () => {
  for (let index = 0; index < 5000; index++) {
    const { uid, gid } = userFor('local', `system-${index}`);
    assert.ok(uid >= 61_184 && uid <= 65_519 && gid === uid);
  }
});

test('a folder is reachable by others when it and all above it are open', (t) => {
  const top = temporary(t);
  const folder = path.join(top, 'a/b');
  mkdirSync(folder, { recursive: true });
  const open = (mode: number, file: string) => chmodSync(file, mode);
  open(0o755, folder);
  open(0o711, path.join(top, 'a'));
  open(0o711, top);
  assert.equal(reachableByOthers(folder), true);
  open(0o750, folder);
  assert.equal(reachableByOthers(folder), false);
  open(0o755, folder);
  open(0o700, top);
  assert.equal(reachableByOthers(folder), false);
  assert.equal(reachableByOthers(path.join(top, 'missing')), false);
});

test('users of pipeline runs: those of a run, and none that a system, a run near it or another Escale has', () => {
  const of = (run: number, step: string, role: 'job' | 'resource' = 'job') =>
    userOfStep({ run, step, owner: 'one' }, role);
  const users = Array.from({ length: 200 }, (_, run) => [
    of(run, 'test').uid,
    of(run, 'test', 'resource').uid,
    of(run, 'build').uid,
  ]).flat();
  assert.equal(new Set(users).size, 600);
  assert.ok(users.every((uid) => uid >= 60_578 && uid < 61_184));
  assert.deepEqual(of(7, 'lint'), of(7, 'test'));
  assert.deepEqual(of(7, 'release'), of(7, 'build'));
  assert.notDeepEqual(of(7, 'test'), userOfStep({ run: 7, step: 'test', owner: 'two' }, 'job'));
});
