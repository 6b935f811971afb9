import assert from 'node:assert/strict';
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { temporary } from '../testing/place.ts';
import { restoreLinks } from './links.ts';
import { findPrograms } from './programs.ts';
import { runSingleUser } from './single-user.ts';
import { templateFor } from './template.ts';

/** A package as npm leaves it: the libraries, and a list of the links that are missing. */
function makePackage(folder: string): string {
  const native = path.join(folder, 'native');
  mkdirSync(path.join(native, 'lib'), { recursive: true });
  writeFileSync(path.join(native, 'lib', 'libx.so.60.2'), 'library');
  const links = ['libx.so', 'libx.so.60'].map((name) => ({
    source: 'native/lib/libx.so.60.2',
    target: `native/lib/${name}`,
  }));
  writeFileSync(path.join(native, 'pg-symlinks.json'), JSON.stringify(links));
  return native;
}

test('links are made beside the libraries, once, and a second time is nothing', (t) => {
  const native = makePackage(temporary(t));
  assert.equal(restoreLinks(native, '/nowhere'), null);
  assert.equal(readlinkSync(path.join(native, 'lib', 'libx.so.60')), 'libx.so.60.2');
  assert.equal(restoreLinks(native, '/nowhere'), null);
});

test('where the package is read-only they are made elsewhere', (t) => {
  if (process.getuid?.() === 0) return t.skip('root may write everywhere');
  const folder = temporary(t);
  const native = makePackage(folder);
  chmodSync(path.join(native, 'lib'), 0o555);
  const elsewhere = path.join(folder, 'libraries');
  const found = restoreLinks(native, elsewhere);
  const again = restoreLinks(native, elsewhere);
  chmodSync(path.join(native, 'lib'), 0o755);
  assert.deepEqual([found, again], [elsewhere, elsewhere]);
  assert.equal(readlinkSync(path.join(elsewhere, 'libx.so')), path.join(native, 'lib', 'libx.so.60.2'));
  assert.ok(!existsSync(path.join(native, 'lib', 'libx.so')));
});

test('a package that is read-only and has no links: its programs run', async (t) => {
  if (process.getuid?.() === 0) return t.skip('root may write everywhere');
  const folder = temporary(t);
  const real = path.join(findPrograms(folder).postgres, '../../..');
  const top = path.join(folder, 'package');
  const isLink = (file: string) => lstatSync(file).isSymbolicLink();
  cpSync(real, top, { recursive: true, filter: (file) => !isLink(file) && !file.endsWith('.a') });
  chmodSync(path.join(top, 'native', 'lib'), 0o555);
  const programs = findPrograms(path.join(folder, 'cache'), top);
  const template = await templateFor(programs, path.join(folder, 'cache'));
  chmodSync(path.join(top, 'native', 'lib'), 0o755);
  assert.ok(existsSync(path.join(template, 'PG_VERSION')));
  await runSingleUser(programs, template, ['SELECT 1;']);
});
