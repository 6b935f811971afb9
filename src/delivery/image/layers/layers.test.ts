import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Compression, Layer } from '../../../core/image/index.ts';
import { temporary, writeTree } from '../../testing/tree.ts';
import { Blobs } from '../blobs.ts';
import { compress } from './compress.ts';
import { LayerCache } from './layer-cache.ts';
import { nodeComponents, nodePackageEntries } from './node-packages.ts';
import { pythonComponents, pythonPackageEntries, withOwnPython } from './python-packages.ts';
import { folderEntries } from './walk.ts';
import { packStream, writeLayer } from './write-layer.ts';

/** Text that packs well, bytes that don't, and a tail. */
const CONTENT = Buffer.concat([
  Buffer.from('line of text\n'.repeat(200_000)),
  Buffer.from(Array.from({ length: 1_500_000 }, (_, n) => (n * n * 31 + (n >> 3)) & 0xff)),
  Buffer.from('end'),
]);

function piecesOf(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 1 << 20) pieces.push(bytes.subarray(at, at + (1 << 20)));
  return pieces;
}

async function packed(compression: Compression): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of compress(piecesOf(CONTENT), compression)) parts.push(part);
  return Buffer.concat(parts);
}

test('gzip is one member that everybody reads, nearly as small as gzip’s own', async (t) => {
  const bytes = await packed('gzip');
  assert.ok(gunzipSync(bytes).equals(CONTENT));
  const file = path.join(temporary(t), 'a.gz');
  writeFileSync(file, bytes);
  execFileSync('gzip', ['-t', file]);
  const own = execFileSync('gzip', ['-6', '-c'], { input: CONTENT, maxBuffer: 1 << 26 });
  assert.ok(bytes.length < own.length * 1.03, `${bytes.length} against ${own.length}`);
});

test('zstd: frames that follow each other', async () => {
  assert.ok(zstdDecompressSync(await packed('zstd')).equals(CONTENT));
});

for (const compression of ['gzip', 'zstd'] as const)
  test(`${compression} gives the same bytes each time`, async () => {
    assert.ok((await packed(compression)).equals(await packed(compression)));
  });

test('nothing at all is an archive, too', async () => {
  const parts: Uint8Array[] = [];
  for await (const part of compress([], 'gzip')) parts.push(part);
  assert.equal(gunzipSync(Buffer.concat(parts)).length, 0);
});

function cacheIn(t: TestContext): LayerCache {
  const folder = temporary(t);
  return new LayerCache(path.join(folder, 'layers'), new Blobs(path.join(folder, 'blobs')));
}

const FILES = { 'server.ts': 'hello', 'lib/a.ts': 'a', 'bin/run*': '#!/bin/sh' };

async function layerOf(t: TestContext, folder: string): Promise<Layer> {
  const entries = folderEntries({ from: folder, to: 'app' });
  return writeLayer(cacheIn(t).blobs, { entries, compression: 'gzip', what: 'application' });
}

test('a layer is the same in another folder, at another time, with other rights of others', async (t) => {
  const one = writeTree(temporary(t), FILES);
  const two = writeTree(temporary(t), Object.fromEntries(Object.entries(FILES).reverse()));
  utimesSync(path.join(two, 'server.ts'), 1, 1);
  chmodSync(path.join(two, 'lib/a.ts'), 0o600);
  chmodSync(path.join(two, 'lib'), 0o700);
  const [first, second] = [await layerOf(t, one), await layerOf(t, two)];
  assert.deepEqual(first, second);
});

test('a layer’s two digests are those of its bytes, packed and unpacked', async (t) => {
  const cache = cacheIn(t);
  const entries = folderEntries({ from: writeTree(temporary(t), FILES), to: 'app' });
  for (const compression of ['gzip', 'zstd', 'none'] as const) {
    const layer = await writeLayer(cache.blobs, { entries, compression, what: 'x' });
    const bytes = readFileSync(cache.blobs.fileOf(layer.digest));
    const plain =
      compression === 'gzip' ? gunzipSync(bytes) : compression === 'zstd' ? zstdDecompressSync(bytes) : bytes;
    assert.equal(layer.size, bytes.length);
    assert.equal(layer.digest, `sha256:${createHash('sha256').update(bytes).digest('hex')}`);
    assert.equal(layer.diffId, `sha256:${createHash('sha256').update(plain).digest('hex')}`);
  }
});

test('a stream is packed the same however its bytes come', async (t) => {
  const { blobs } = cacheIn(t);
  const cut = (size: number) =>
    (async function* () {
      for (let at = 0; at < CONTENT.length; at += size) yield CONTENT.subarray(at, at + size);
    })();
  const request = { compression: 'gzip' as const, what: 'x' };
  const [one, two] = [
    await packStream(blobs, cut(1000), request),
    await packStream(blobs, cut(5 << 20), request),
  ];
  assert.deepEqual(one, two);
});

test('a layer is made once for its content, and again where its blob is gone', async (t) => {
  const cache = cacheIn(t);
  let made = 0;
  const make = () => {
    made++;
    return writeLayer(cache.blobs, { entries: [], compression: 'gzip', what: 'x' });
  };
  const first = await cache.layer(['a'], make);
  assert.deepEqual(await cache.layer(['a'], make), first);
  assert.equal(made, 1);
  await cache.layer(['b'], make);
  assert.equal(made, 2);
  writeFileSync(cache.blobs.fileOf(first.digest), 'half');
  assert.deepEqual(await cache.layer(['a'], make), first);
  assert.equal(made, 3);
});

test('a failure while a layer is made leaves nothing behind', async (t) => {
  const { blobs } = cacheIn(t);
  const entries = [{ path: 'a', type: 'file' as const, mode: 0o644, content: { file: '/nonexistent' } }];
  await assert.rejects(writeLayer(blobs, { entries, compression: 'gzip', what: 'x' }), { code: 'ENOENT' });
  assert.deepEqual(readdirSync(blobs.folder), []);
});

test('a link that leaves the folder is refused, one that stays is kept', (t) => {
  const folder = writeTree(temporary(t), FILES);
  symlinkSync('../server.ts', path.join(folder, 'lib', 'up'));
  const links = folderEntries({ from: folder, to: 'app' }).filter(({ type }) => type === 'link');
  assert.deepEqual(links, [{ path: 'app/lib/up', type: 'link', target: '../server.ts' }]);
  symlinkSync('../../etc/passwd', path.join(folder, 'lib', 'out'));
  assert.throws(() => folderEntries({ from: folder, to: 'app' }), { code: 'link-escapes' });
});

test('packages of npm: without its settings, which may hold a token, and its caches', (t) => {
  const lock = {
    packages: {
      'node_modules/ws': { version: '8.0.0', license: 'MIT', integrity: 'sha512-AA==' },
      'node_modules/a/node_modules/@s/ws': { version: '7.0.0' },
      'node_modules/mine': { link: true },
      'systems/mine': { version: '1.0.0' },
    },
  };
  const folder = writeTree(temporary(t), {
    '.npmrc': '//r.example/:_authToken=secret',
    'package.json': '{}',
    'package-lock.json': '{}',
    'node_modules/ws/index.js': '',
    'node_modules/ws/.npmrc': 'not the one of npm',
    'node_modules/.cache/x': '',
    'node_modules/.package-lock.json': JSON.stringify(lock),
  });
  mkdirSync(path.join(folder, 'node_modules', '.bin'));
  symlinkSync('../ws/index.js', path.join(folder, 'node_modules', '.bin', 'ws'));
  symlinkSync('/etc', path.join(folder, 'node_modules', 'out'));
  assert.deepEqual(
    nodePackageEntries(folder)
      .map(({ path: name }) => name)
      .sort(),
    [
      'packages/node_modules',
      'packages/node_modules/.bin',
      'packages/node_modules/.bin/ws',
      'packages/node_modules/ws',
      'packages/node_modules/ws/.npmrc',
      'packages/node_modules/ws/index.js',
      'packages/package.json',
    ],
  );
  assert.deepEqual(nodeComponents(folder), [
    { kind: 'npm', name: 'ws', version: '8.0.0', license: 'MIT', integrity: 'sha512-AA==' },
    { kind: 'npm', name: '@s/ws', version: '7.0.0', license: null },
  ]);
});

const SITE = '.venv/lib/python3.11/site-packages';

test('a virtual environment names nothing of this host', (t) => {
  const folder = temporary(t);
  writeTree(folder, {
    '.venv/pyvenv.cfg': `home = ${folder}`,
    '.venv/bin/activate': folder,
    '.venv/bin/pip3*': `#!${folder}/.venv/bin/python3\n`,
    '.venv/bin/greet*': `#!${folder}/.venv/bin/python3.11\nprint(1)\n`,
    [`${SITE}/greet/__init__.py`]: '',
    [`${SITE}/greet/__pycache__/__init__.pyc`]: folder,
    [`${SITE}/pip/__init__.py`]: '',
    [`${SITE}/pip-23.0.dist-info/METADATA`]: 'Name: pip\nVersion: 23.0\n',
    [`${SITE}/greet-1.0.dist-info/METADATA`]:
      'Name: Greet\nVersion: 1.0\nLicense-Expression: MIT\n\nName: no\n',
    [`${SITE}/greet-1.0.dist-info/direct_url.json`]: folder,
    [`${SITE}/greet-1.0.dist-info/RECORD`]: `../../../bin/greet,sha256=x,1\ngreet/__init__.py,,\ngreet/__pycache__/a.pyc,,\n`,
  });
  const entries = pythonPackageEntries(folder).filter(({ type }) => type !== 'folder');
  assert.deepEqual(entries.map(({ path: name }) => name.replace('packages/.venv/', '')).sort(), [
    'bin/greet',
    'bin/python',
    'bin/python3',
    'lib/python3.11/site-packages/greet-1.0.dist-info/METADATA',
    'lib/python3.11/site-packages/greet-1.0.dist-info/RECORD',
    'lib/python3.11/site-packages/greet/__init__.py',
    'pyvenv.cfg',
  ]);
  const contents = entries.map((entry) =>
    entry.type !== 'file'
      ? ''
      : 'bytes' in entry.content
        ? String(entry.content.bytes)
        : readFileSync(entry.content.file, 'utf8'),
  );
  assert.ok(contents.includes('#!/packages/.venv/bin/python3\nprint(1)\n'));
  assert.ok(contents.includes('greet/__init__.py,,\n'));
  for (const content of contents) assert.ok(!content.includes(folder), content);
  assert.deepEqual(pythonComponents(folder), [
    { kind: 'pypi', name: 'greet', version: '1.0', license: 'MIT' },
  ]);
});

test('programs of Python, also those that a shell starts', () => {
  const own = '#!/packages/.venv/bin/python3\nx = 1\n';
  assert.equal(withOwnPython('#!/home/a/.venv/bin/python\nx = 1\n'), own);
  const long = `#!/bin/sh\n'''exec' "/home/a b/.venv/bin/python3.11" "$0" "$@"\n' '''\nx = 1\n`;
  assert.equal(withOwnPython(long), own);
  for (const other of ['#!/bin/sh\necho', '\x7fELF', '', 'print(1)'])
    assert.equal(withOwnPython(other), null);
});
