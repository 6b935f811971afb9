import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { diskProblem, writeDurably } from './durable-file.ts';

function temporary(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-host-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A disk of a megabyte; null where none may be mounted. */
function smallDisk(t: TestContext): string | null {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-disk-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    remove();
    return null;
  }
  t.after(() => {
    execFileSync('umount', ['-l', folder]);
    remove();
  });
  return folder;
}

test('a file is replaced whole, readable by its owner alone, and nothing stays beside it', (t) => {
  const folder = temporary(t);
  const file = path.join(folder, 'state.json');
  writeDurably(file, 'a longer first text');
  writeDurably(file, 'second é');
  assert.equal(readFileSync(file, 'utf8'), 'second é');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder), ['state.json']);
});

test('what a former process left half written is in nobody’s way', (t) => {
  const folder = temporary(t);
  const file = path.join(folder, 'state.json');
  writeFileSync(`${file}.${process.pid}.tmp`, 'a longer leftover of a crash');
  writeDurably(file, 'new');
  assert.equal(readFileSync(file, 'utf8'), 'new');
});

test('a folder that is not there is said as it is', (t) => {
  assert.throws(() => writeDurably(path.join(temporary(t), 'no', 'file'), 'x'), { code: 'ENOENT' });
});

test('a full disk: the old text stays, the error says where, nothing stays behind', (t) => {
  const disk = smallDisk(t);
  if (disk === null) return t.skip('no tmpfs can be mounted here (needs root)');
  const file = path.join(disk, 'state.json');
  writeDurably(file, 'old');
  assert.throws(() => writeDurably(file, 'x'.repeat(4 << 20)), { code: 'disk-full', place: disk });
  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.deepEqual(readdirSync(disk), ['state.json']);
  writeDurably(file, 'new');
  assert.equal(readFileSync(file, 'utf8'), 'new');
});

const PROBLEMS = ['ENOSPC', 'EDQUOT'].map((code) => Object.assign(new Error(code), { code }));
for (const error of PROBLEMS)
  test(`${error.code} is a full disk`, () => {
    assert.deepEqual(JSON.parse(JSON.stringify(diskProblem(error, '/srv/escale'))), {
      code: 'disk-full',
      message: 'there is no room left on the disk that holds /srv/escale',
      place: '/srv/escale',
      next: 'Free some space, then do it again: nothing was changed.',
    });
  });

test('any other error stays what it is', () => {
  const error = Object.assign(new Error('EIO'), { code: 'EIO' });
  assert.equal(diskProblem(error, '/srv'), error);
});
