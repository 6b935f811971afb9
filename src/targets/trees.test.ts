import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { archiveOfTree, digestOfTree, packagesOfTree, ReceivedTrees } from './trees.ts';

const NAME = 'a'.repeat(64);
const PACKAGES = 'b'.repeat(64);

/** An artifact with a program, a folder and packages, and where it is to go. */
function artifactIn(t: TestContext) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'escale-trees-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const sent = { packages: path.join(root, 'here', 'packages') };
  const here = { packages: path.join(root, 'there', 'packages') };
  const folder = path.join(root, 'here', NAME);
  mkdirSync(path.join(folder, 'lib', 'empty'), { recursive: true });
  writeFileSync(path.join(folder, 'run'), '#!/bin/sh\n');
  chmodSync(path.join(folder, 'run'), 0o555);
  writeFileSync(path.join(folder, 'lib', 'data'), 'x'.repeat(100_000));
  symlinkSync(path.join(sent.packages, PACKAGES, 'node_modules'), path.join(folder, 'node_modules'));
  symlinkSync('run', path.join(folder, 'start'));
  const target = path.join(root, 'there', 'artifacts');
  return { folder, sent, here, target, trees: new ReceivedTrees(target) };
}

test('a tree arrives as it was sent; its packages are those of where it is', async (t) => {
  const { folder, sent, here, target, trees } = artifactIn(t);
  assert.deepEqual(await packagesOfTree(folder, sent), [PACKAGES]);
  assert.deepEqual(trees.missing([NAME]), [NAME]);
  const digest = await digestOfTree(folder, sent);
  await trees.take(NAME, archiveOfTree(folder).archive, { digest, sent, here });
  const taken = path.join(target, NAME);
  assert.deepEqual(readdirSync(taken).sort(), ['lib', 'node_modules', 'run', 'start']);
  assert.equal(
    readlinkSync(path.join(taken, 'node_modules')),
    path.join(here.packages, PACKAGES, 'node_modules'),
  );
  assert.equal(readlinkSync(path.join(taken, 'start')), 'run');
  assert.equal(readFileSync(path.join(taken, 'run'), 'utf8'), '#!/bin/sh\n');
  assert.deepEqual(trees.missing([NAME]), []);
  assert.deepEqual(readdirSync(target), [NAME]);
});

test('one that is cut, or another one than was sent, is not there at all', async (t) => {
  const { folder, sent, here, target, trees } = artifactIn(t);
  const digest = await digestOfTree(folder, sent);
  const whole = await buffer(archiveOfTree(folder).archive);
  for (const bytes of [0, 512, 1024, 20_000, whole.length - 10_240])
    await assert.rejects(
      trees.take(NAME, Readable.from([whole.subarray(0, bytes)]), { digest, sent, here }),
      {
        code: 'target-unfit',
      },
    );
  const broken = Readable.from(
    (async function* () {
      yield whole.subarray(0, 20_000);
      throw new Error('the cable');
    })(),
  );
  await assert.rejects(trees.take(NAME, broken, { digest, sent, here }), { code: 'target-unfit' });
  whole[whole.indexOf('xxx')] = 'y'.charCodeAt(0);
  await assert.rejects(trees.take(NAME, Readable.from([whole]), { digest, sent, here }), {
    code: 'target-unfit',
  });
  assert.deepEqual(readdirSync(target), []);
});

test('what nobody needs goes, but for what was lent within the hour; what was cut before goes first', async (t) => {
  const { target, trees } = artifactIn(t);
  const [old, lent, kept] = ['c', 'd', 'e'].map((letter) => letter.repeat(64));
  for (const name of [old!, lent!, kept!]) {
    mkdirSync(path.join(target, name));
    utimesSync(path.join(target, name), 1, 1);
  }
  await trees.lend([lent!]);
  await trees.keepOnly([kept!]);
  assert.deepEqual(readdirSync(target), [lent, kept]);
  mkdirSync(path.join(target, `${old}.1.making`));
  new ReceivedTrees(target);
  assert.deepEqual(readdirSync(target), [lent, kept]);
});

test('no name leads out of the folder', (t) => {
  const { trees } = artifactIn(t);
  for (const name of ['', '..', '../x', 'a/b', 'A'.repeat(64), 'a'.repeat(63)])
    assert.throws(() => trees.folderOf(name), { code: 'request-invalid' });
});
