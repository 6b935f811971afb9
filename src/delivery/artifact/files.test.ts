import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { git, temporary, writeTree } from '../testing/tree.ts';
import { sourceFiles } from './files.ts';

const names = async (folder: string) => (await sourceFiles(folder)).map((file) => file.path);

function repository(t: TestContext, files: Record<string, string>): string {
  const folder = writeTree(temporary(t), files);
  git(folder, 'init', '-q');
  return folder;
}

test('a file, whole', async (t) => {
  const [file] = await sourceFiles(writeTree(temporary(t), { 'bin/run*': 'hello' }));
  const { stamp, ...rest } = file!;
  assert.deepEqual(rest, { path: 'bin/run', kind: 'file', target: '', executable: true, size: 5 });
  assert.match(stamp, /^\d+:5:\d+:\d+$/);
});

test('without git: everything but packages, caches and secrets, at every depth, sorted', async (t) => {
  const files = {
    'web.ts': '',
    'a/.hidden': '',
    'a/node_modules/x/index.js': '',
    'node_modules/x/index.js': '',
    '__pycache__/a.pyc': '',
    '.venv/bin/python': '',
    '.env': 'SECRET=1',
    'a/.env': 'SECRET=1',
    '.escale/x': '',
    'B.ts': '',
  };
  assert.deepEqual(await names(writeTree(temporary(t), files)), ['B.ts', 'a/.hidden', 'web.ts']);
});

test('git: what is tracked or not ignored, of this folder alone', async (t) => {
  const top = repository(t, {
    '.gitignore': '*.log\n/web/out\n',
    'web/server.ts': '',
    'web/new.ts': '',
    'web/debug.log': '',
    'web/out/a.js': '',
    'web/kept.log': '',
    'web/gone.ts': '',
    'web/with space/é\n.ts': '',
    'api/server.ts': '',
  });
  git(top, 'add', 'web/server.ts', 'web/gone.ts');
  git(top, 'add', '-f', 'web/kept.log');
  rmSync(path.join(top, 'web/gone.ts'));
  assert.deepEqual(await names(path.join(top, 'web')), [
    'kept.log',
    'new.ts',
    'server.ts',
    'with space/é\n.ts',
  ]);
});

test('git: tracked packages and secrets are left out all the same', async (t) => {
  const top = repository(t, { 'a.ts': '', '.env': 'SECRET=1', 'node_modules/x/index.js': '' });
  git(top, 'add', '-f', '.');
  assert.deepEqual(await names(top), ['a.ts']);
});

test('git: a build’s output that git ignores as a whole can be a source', async (t) => {
  const top = repository(t, { '.gitignore': 'dist\n', 'dist/index.html': '', 'dist/assets/a.js': '' });
  assert.deepEqual(await names(path.join(top, 'dist')), ['assets/a.js', 'index.html']);
});

test('git: of whoever called it, no variable names another repository', async (t) => {
  const top = repository(t, { '.gitignore': '*.log\n', 'a.ts': '', 'a.log': '' });
  const other = repository(t, { 'a.log': '' });
  git(other, 'add', '.');
  process.env.GIT_DIR = path.join(other, '.git');
  t.after(() => delete process.env.GIT_DIR);
  assert.deepEqual(await names(top), ['.gitignore', 'a.ts']);
});

test('git: another repository inside, submodule or not, is no part of it', async (t) => {
  const library = repository(t, { 'library.ts': '' });
  git(library, 'add', '.');
  git(library, 'commit', '-qm', 'one');
  const top = repository(t, { 'a.ts': '', 'nested/b.ts': '' });
  git(path.join(top, 'nested'), 'init', '-q');
  git(top, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'sub');
  assert.deepEqual(await names(top), ['.gitmodules', 'a.ts']);
});

test('what is no plain file is left out', async (t) => {
  const folder = writeTree(temporary(t), { 'a.ts': '' });
  execFileSync('mkfifo', [path.join(folder, 'a-fifo')]);
  const server = net.createServer().listen(path.join(folder, 'a-socket'));
  await once(server, 'listening');
  t.after(() => server.close());
  mkdirSync(path.join(folder, 'an-empty-folder'));
  assert.deepEqual(await names(folder), ['a.ts']);
});

const INSIDE: [string, string][] = [
  ['link', 'a/file'],
  ['link', './a/../a/file'],
  ['a/link', '../a/file'],
  ['a/b/link', '../..'],
  ['link', 'missing'],
  ['link', '..data/file'],
  ['link', 'up/../b/file'],
  ['link', 'link'],
  ['link', 'out'],
];

for (const [name, target] of INSIDE)
  test(`a link stays as it is: ${name} → ${target}`, async (t) => {
    const folder = writeTree(temporary(t), { 'a/file': '', 'a/b/file': '', '..data/file': '' });
    symlinkSync('a/b', path.join(folder, 'up'));
    symlinkSync(target, path.join(folder, name));
    const link = (await sourceFiles(folder)).find((file) => file.path === name);
    assert.deepEqual([link?.kind, link?.target], ['link', target]);
  });

const OUTSIDE: [string, string][] = [
  ['link', '/etc/passwd'],
  ['link', '..'],
  ['link', '../sibling'],
  ['a/link', '../../sibling'],
  ['a/link', '../b/../../sibling'],
  ['link', 'a/b/top/../sibling'],
  ['link', 'a/b/top/../missing'],
];

for (const [name, target] of OUTSIDE)
  test(`a link that leads out is refused: ${name} → ${target}`, async (t) => {
    const folder = writeTree(path.join(temporary(t), 'source'), { 'a/b/file': '' });
    writeTree(path.dirname(folder), { sibling: '' });
    symlinkSync('../..', path.join(folder, 'a/b/top'));
    symlinkSync(target, path.join(folder, name));
    await assert.rejects(sourceFiles(folder), (error: Error & { code?: string; place?: string }) => {
      assert.equal(error.code, 'link-escapes');
      return true;
    });
  });
