import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EscaleError } from '../../core/errors/index.ts';
import { SystemFileError } from '../../core/manifest/index.ts';
import { findFile, loadSystem, readSystem } from './index.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'escale-load-')));
after(() => rmSync(root, { recursive: true, force: true }));

const RIGHT = 'name: demo\nservices:\n  web:\n    command: node server.ts\n    port: true\n';
let number = 0;

function folderWith(files: Record<string, string | Buffer>): string {
  const folder = join(root, `case-${++number}`);
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof EscaleError && error.code === code && error.next !== '';
}

test('a folder, its file, and a file by another name', async () => {
  const folder = folderWith({ 'escale.yaml': RIGHT, 'other.yml': RIGHT.replace('demo', 'other') });
  const file = join(folder, 'escale.yaml');
  const loaded = await loadSystem({ folder });
  assert.deepEqual(loaded, {
    file,
    folder,
    form: 'yaml',
    model: { name: 'demo', services: { web: { command: 'node server.ts', port: true } } },
  });
  assert.equal((await loadSystem({ file })).model.name, 'demo');
  assert.equal((await loadSystem({ folder: file })).model.name, 'demo');
  assert.equal((await loadSystem({ file: join(folder, 'other.yml') })).model.name, 'other');
});

test('a file above is found up to the git root, and not further', () => {
  const folder = folderWith({
    'escale.yaml': RIGHT,
    'repo/.git/HEAD': '',
    'repo/a/b/x': '',
    'plain/a/x': '',
  });
  assert.throws(() => findFile({ folder: join(folder, 'repo/a/b') }), hasCode('file-missing'));
  assert.throws(() => findFile({ folder: join(folder, 'plain/a') }), hasCode('file-missing'));
  writeFileSync(join(folder, 'repo/escale.yml'), RIGHT);
  assert.equal(findFile({ folder: join(folder, 'repo/a/b') }).file, join(folder, 'repo/escale.yml'));
});

test('no file, no folder, two files', () => {
  assert.throws(() => findFile({ folder: folderWith({}) }), hasCode('file-missing'));
  assert.throws(() => findFile({ folder: join(root, 'nowhere') }), hasCode('file-missing'));
  assert.throws(() => findFile({ file: join(root, 'nowhere.yaml') }), hasCode('file-missing'));
  const folder = folderWith({ 'escale.yaml': RIGHT, 'escale.config.ts': '' });
  assert.throws(() => findFile({ folder }), hasCode('file-twice'));
});

test('what is no readable text is said so', async () => {
  const utf16 = folderWith({ 'escale.yaml': Buffer.from(`\ufeff${RIGHT}`, 'utf16le') });
  await assert.rejects(readSystem({ folder: utf16 }), hasCode('file-unreadable'));
  const folder = folderWith({ 'escale.yaml/x': '' });
  assert.throws(() => findFile({ folder }), hasCode('file-unreadable'));
  const pipe = folderWith({});
  execFileSync('mkfifo', [join(pipe, 'escale.yaml')]);
  assert.throws(() => findFile({ folder: pipe }), hasCode('file-unreadable'));
});

test('a file that is a link out of its folder is refused', () => {
  const folder = folderWith({});
  symlinkSync('/etc/passwd', join(folder, 'escale.yaml'));
  assert.throws(() => findFile({ folder }), hasCode('file-unreadable'));
});

test('a huge file is refused without being read whole', async () => {
  const folder = folderWith({ 'escale.yaml': Buffer.alloc(3 * 2 ** 20, '#') });
  const { mistakes } = await readSystem({ folder });
  assert.deepEqual(
    mistakes.map(({ code }) => code),
    ['file-too-large'],
  );
});

test('all mistakes are thrown at once, those of the disk too, in the order of the file', async () => {
  const folder = folderWith({
    'escale.yaml': `name: demo
services:
  a: {command: x, source: ./wbe}
  b: {command: x, source: ./file.txt}
  c: {command: x, source: ./out}
  d: {command: x, source: ./loop}
  e: {command: x, source: ../x, prot: true}
  f: {command: x, source: ./inside}
`,
    'web/x': '',
    'file.txt': '',
  });
  symlinkSync('/etc', join(folder, 'out'));
  symlinkSync('loop', join(folder, 'loop'));
  symlinkSync('web', join(folder, 'inside'));
  const error = await loadSystem({ folder }).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof SystemFileError);
  assert.equal(error.exitCode, 1);
  assert.deepEqual(
    error.mistakes.map(({ line, path, message, hint }) => [line, path, message, hint]),
    [
      [3, 'services.a.source', 'the folder "./wbe" does not exist', 'Did you mean "web"?'],
      [
        4,
        'services.b.source',
        'the folder "./file.txt" is a file, not a folder',
        'Name the folder it is in.',
      ],
      [5, 'services.c.source', 'the folder "./out" is a link that leads out of the folder of the file', null],
      [6, 'services.d.source', 'the folder "./loop" is a link that leads to itself', null],
      [7, 'services.e.prot', 'unknown key "prot"', 'Did you mean "port"?'],
      [
        7,
        'services.e.source',
        'the folder "../x" leaves the folder of the file',
        'A source is a folder below the file, such as ./web.',
      ],
    ],
  );
});

test('mistakes name the file from where the reader stands', async () => {
  const folder = folderWith({ 'escale.yaml': 'name: 1\n' });
  assert.equal((await readSystem({ folder })).mistakes[0]?.file, 'escale.yaml');
  assert.equal(
    (await readSystem({ folder }, { from: root })).mistakes[0]?.file,
    `case-${number}/escale.yaml`,
  );
  assert.equal(
    (await readSystem({ folder }, { from: '/usr/lib' })).mistakes[0]?.file,
    join(folder, 'escale.yaml'),
  );
});
