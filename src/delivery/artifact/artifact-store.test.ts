import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporary, writeTree } from '../testing/tree.ts';
import { ArtifactStore, STATIC_SERVER } from './artifact-store.ts';

function storeIn(home: string): ArtifactStore {
  return new ArtifactStore({
    folder: path.join(home, 'artifacts'),
    cache: path.join(home, 'cache'),
    installer: { packages: path.join(home, 'packages'), programFolders: [], say: () => {} },
  });
}

const sourceOf = (folder: string, isStatic = false) => ({ folder, top: folder, static: isStatic });

async function digestOf(t: TestContext, folder: string, isStatic = false): Promise<string> {
  return (await storeIn(temporary(t)).draft(sourceOf(folder, isStatic))).digest;
}

const FILES = { 'server.ts': 'hello', 'lib/a.ts': 'a', 'bin/run*': '#!/bin/sh' };

test('the digest is the same in another folder, at another time, in another store', async (t) => {
  const one = writeTree(temporary(t), FILES);
  const two = writeTree(temporary(t), Object.fromEntries(Object.entries(FILES).reverse()));
  utimesSync(path.join(two, 'server.ts'), 1, 1);
  const digest = await digestOf(t, one);
  assert.match(digest, /^[0-9a-f]{64}$/);
  assert.equal(await digestOf(t, two), digest);
});

const CHANGES: [string, (folder: string) => void][] = [
  ['content', (folder) => writeFileSync(path.join(folder, 'server.ts'), 'hellO')],
  ['the right to execute', (folder) => chmodSync(path.join(folder, 'server.ts'), 0o755)],
  ['a name', (folder) => writeFileSync(path.join(folder, 'new.ts'), '')],
  ['a link', (folder) => symlinkSync('server.ts', path.join(folder, 'link'))],
];

for (const [what, change] of CHANGES)
  test(`the digest is another one after a change of ${what}`, async (t) => {
    const store = storeIn(temporary(t));
    const folder = writeTree(temporary(t), FILES);
    const before = await store.draft(sourceOf(folder));
    change(folder);
    assert.notEqual((await store.draft(sourceOf(folder))).digest, before.digest);
  });

test('other bits of the mode are nobody’s business', async (t) => {
  const folder = writeTree(temporary(t), FILES);
  const before = await digestOf(t, folder);
  chmodSync(path.join(folder, 'server.ts'), 0o600);
  assert.equal(await digestOf(t, folder), before);
});

test('a static folder is another artifact than the same files as a program', async (t) => {
  const folder = writeTree(temporary(t), FILES);
  assert.notEqual(await digestOf(t, folder, true), await digestOf(t, folder));
});

test('an artifact: files with their mode, links, nothing else', async (t) => {
  const home = temporary(t);
  const folder = writeTree(temporary(t), { ...FILES, 'node_modules/x/i.js': '' });
  symlinkSync('lib/a.ts', path.join(folder, 'link'));
  const store = storeIn(home);
  const draft = await store.draft(sourceOf(folder));
  assert.equal(store.has(draft.digest), false);
  const artifact = await store.prepare(draft);
  assert.equal(artifact, path.join(home, 'artifacts', draft.digest));
  assert.equal(store.has(draft.digest), true);
  const there = readdirSync(artifact, { recursive: true }).sort();
  assert.deepEqual(there, ['bin', 'bin/run', 'lib', 'lib/a.ts', 'link', 'server.ts']);
  assert.equal(readFileSync(path.join(artifact, 'server.ts'), 'utf8'), 'hello');
  assert.equal(readlinkSync(path.join(artifact, 'link')), 'lib/a.ts');
  const mode = (name: string) => (statSync(path.join(artifact, name)).mode & 0o777).toString(8);
  assert.deepEqual([mode('server.ts'), mode('bin/run'), mode('bin')], ['444', '555', '755']);
});

test('a static artifact holds its server', async (t) => {
  const store = storeIn(temporary(t));
  const artifact = await store.prepare(await store.draft(sourceOf(writeTree(temporary(t), FILES), true)));
  assert.match(readFileSync(path.join(artifact, STATIC_SERVER), 'utf8'), /It stands alone/);
});

test('two that prepare the same at once both get it, whole', async (t) => {
  const home = temporary(t);
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}`, 'x'.repeat(20_000)]));
  const folder = writeTree(temporary(t), files);
  const store = storeIn(home);
  const drafts = await Promise.all([1, 2, 3].map(() => store.draft(sourceOf(folder))));
  const folders = await Promise.all(drafts.map((draft) => store.prepare(draft)));
  assert.equal(new Set(folders).size, 1);
  assert.deepEqual(readdirSync(path.join(home, 'artifacts')), [drafts[0]!.digest]);
  for (const name of readdirSync(folders[0]!))
    assert.equal(statSync(path.join(folders[0]!, name)).size, 20_000, name);
});

test('a crash in the middle leaves nothing that counts, and the next start clears it away', async (t) => {
  const home = temporary(t);
  const folder = writeTree(temporary(t), FILES);
  const { digest } = await storeIn(home).draft(sourceOf(folder));
  for (const kind of ['artifacts', 'packages']) {
    writeTree(path.join(home, kind, `${digest}.4711.building`), { 'server.ts': 'hel' });
  }
  const store = storeIn(home);
  assert.equal(store.has(digest), false);
  assert.deepEqual(
    [readdirSync(path.join(home, 'artifacts')), readdirSync(path.join(home, 'packages'))],
    [[], []],
  );
  await store.prepare(await store.draft(sourceOf(folder)));
  assert.deepEqual(readdirSync(path.join(home, 'artifacts')), [digest]);
});

test('files that changed since they were read do not become the artifact of what they were', async (t) => {
  const home = temporary(t);
  const folder = writeTree(temporary(t), FILES);
  const store = storeIn(home);
  const draft = await store.draft(sourceOf(folder));
  writeFileSync(path.join(folder, 'server.ts'), 'other');
  await assert.rejects(store.prepare(draft), { code: 'source-changed' });
  assert.deepEqual(readdirSync(path.join(home, 'artifacts')), []);
  const again = await store.prepare(await store.draft(sourceOf(folder)));
  assert.equal(readFileSync(path.join(again, 'server.ts'), 'utf8'), 'other');
});

test('a cache that is damaged is no cache', async (t) => {
  const home = temporary(t);
  const folder = writeTree(temporary(t), FILES);
  const { digest } = await storeIn(home).draft(sourceOf(folder));
  const cache = path.join(home, 'cache');
  for (const name of readdirSync(cache)) writeFileSync(path.join(cache, name), '[["server.ts",');
  assert.equal((await storeIn(home).draft(sourceOf(folder))).digest, digest);
});

test('packages are installed once for each lock file, and shown to each artifact', async (t) => {
  const home = temporary(t);
  const said: string[] = [];
  const store = new ArtifactStore({
    folder: path.join(home, 'artifacts'),
    cache: path.join(home, 'cache'),
    installer: { packages: path.join(home, 'packages'), programFolders: [], say: (line) => said.push(line) },
  });
  const top = writeTree(temporary(t), withLocalPackage());
  const one = await store.draft(sourceOf(path.join(top, 'web')));
  const both = await Promise.all([store.prepare(one), store.prepare({ ...one, digest: 'f'.repeat(64) })]);
  assert.deepEqual(said, ['installing packages (npm ci)']);
  assert.deepEqual(readdirSync(path.join(home, 'packages')), [one.packages!.key]);
  for (const artifact of both) assert.ok(existsSync(path.join(artifact, 'node_modules')));
});

/** A locked package that needs no registry: it depends on a folder of its own. */
function withLocalPackage(): Record<string, string> {
  const dependencies = { greeting: 'file:greeting' };
  const packages = {
    '': { name: 'web', version: '1.0.0', dependencies },
    greeting: { name: 'greeting', version: '1.0.0' },
    'node_modules/greeting': { resolved: 'greeting', link: true },
  };
  return {
    'web/package.json': JSON.stringify({ name: 'web', version: '1.0.0', dependencies }),
    'web/package-lock.json': JSON.stringify({ name: 'web', version: '1.0.0', lockfileVersion: 3, packages }),
    'web/greeting/package.json': JSON.stringify({ name: 'greeting', version: '1.0.0' }),
    'web/server.ts': '',
  };
}

test('a package manager that fails says its last lines, and leaves nothing behind', async (t) => {
  const home = temporary(t);
  const store = storeIn(home);
  const folder = writeTree(temporary(t), { ...unlock(withLocalPackage()) });
  const draft = await store.draft(sourceOf(folder));
  await assert.rejects(store.prepare(draft), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'packages-failed');
    assert.match(error.message, /^npm ci .* failed:\n/);
    return true;
  });
  assert.deepEqual(
    [readdirSync(path.join(home, 'artifacts')), readdirSync(path.join(home, 'packages'))],
    [[], []],
  );
});

/** A lock file that does not know what package.json asks for. */
function unlock(files: Record<string, string>): Record<string, string> {
  const lock = { name: 'web', lockfileVersion: 3, packages: { '': { name: 'web' } } };
  return {
    'package.json': files['web/package.json']!,
    'package-lock.json': JSON.stringify(lock),
    'greeting/package.json': files['web/greeting/package.json']!,
  };
}

test('folders of another kind that stand in the store are left alone', (t) => {
  const home = temporary(t);
  mkdirSync(path.join(home, 'artifacts', 'a'.repeat(64)), { recursive: true });
  assert.equal(storeIn(home).has('a'.repeat(64)), true);
});
