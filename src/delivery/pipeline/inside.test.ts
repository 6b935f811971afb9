import assert from 'node:assert/strict';
import { existsSync, linkSync, lstatSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporary, writeTree } from '../testing/tree.ts';
import { takeOut } from './copy.ts';
import { findInside, readInside } from './inside.ts';

const FILES = {
  'web/reports/a.xml': 'A',
  'web/reports/deep/b.xml': 'B',
  'web/coverage/index.html': 'C',
  'web/node_modules/x/reports/c.xml': 'never',
  'other.xml': 'O',
};

const PATTERNS: [string[], string[]][] = [
  [['reports/*.xml'], ['web/reports/a.xml']],
  [['**/*.xml'], ['web/reports/a.xml', 'web/reports/deep/b.xml']],
  [['reports'], ['web/reports/a.xml', 'web/reports/deep/b.xml']],
  [['./coverage/', 'nothing'], ['web/coverage/index.html']],
  [['*/index.html'], ['web/coverage/index.html']],
  [['../other.xml'], []],
];

for (const [patterns, expected] of PATTERNS)
  test(`what is named by ${patterns.join(' ')}`, async (t) => {
    const top = writeTree(temporary(t), FILES);
    assert.deepEqual(
      (await findInside(top, 'web', patterns)).map(({ name }) => name),
      expected,
    );
  });

test('links are not read, whether they are the file or a folder on the way', async (t) => {
  const outside = writeTree(temporary(t), { secret: 'S' });
  const top = writeTree(temporary(t), FILES);
  symlinkSync(path.join(outside, 'secret'), path.join(top, 'file'));
  symlinkSync(outside, path.join(top, 'folder'));
  assert.deepEqual(
    [await readInside(top, 'file', 10), await readInside(top, 'folder/secret', 10)],
    [null, null],
  );
  assert.equal(await readInside(top, 'web/coverage/../../../x', 10), null);
  assert.equal(await readInside(top, 'other.xml', 10), 'O');
});

test('somebody else’s file under another name is not read', async (t) => {
  if (process.getuid?.() !== 0) return t.skip('only root can link to files of others');
  const { chownSync } = await import('node:fs');
  const parent = temporary(t);
  const top = writeTree(path.join(parent, 'top'), FILES);
  writeTree(parent, { secret: 'S' });
  for (const name of ['', 'other.xml']) chownSync(path.join(top, name), 60_578, 60_578);
  linkSync(path.join(parent, 'secret'), path.join(top, 'hard'));
  assert.deepEqual([await readInside(top, 'hard', 10), await readInside(top, 'other.xml', 10)], [null, 'O']);
});

test('copies: files as they are, links only where they are wanted, and no more bytes than may be', async (t) => {
  const top = writeTree(temporary(t), FILES);
  symlinkSync('a.xml', path.join(top, 'web/reports/link.xml'));
  const to = path.join(temporary(t), 'kept');
  const from = { top, folder: 'web', patterns: ['reports'], to };
  const files = ['reports/a.xml', 'reports/deep/b.xml'];
  assert.deepEqual(await takeOut({ ...from, mostBytes: 10, links: false }), { names: files, isCut: false });
  assert.equal(readFileSync(path.join(to, 'reports/deep/b.xml'), 'utf8'), 'B');
  assert.equal(existsSync(path.join(to, 'reports/link.xml')), false);
  await takeOut({ ...from, mostBytes: 10, links: true });
  assert.equal(readlinkSync(path.join(to, 'reports/link.xml')), 'a.xml');
  assert.ok(lstatSync(path.join(to, 'reports/link.xml')).isSymbolicLink());
  assert.equal((await takeOut({ ...from, mostBytes: 1, links: false })).isCut, true);
});
