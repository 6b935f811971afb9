import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import {
  composeManifest,
  DOCKER_MEDIA,
  digestOf,
  type ImageConfig,
  type Layer,
  MEDIA,
} from '../../../core/image/index.ts';
import { temporary, writeTree } from '../../testing/tree.ts';
import { Blobs } from '../blobs.ts';
import { LayerCache, writeLayer } from '../layers/index.ts';
import { writeLayout } from '../output/index.ts';
import { Registries } from '../registry/index.ts';
import { type Entry, tarPieces } from '../tar/index.ts';
import { type Fault, type FaultyRegistry, faultyRegistry, type Seen } from '../testing/faulty-registry.ts';
import { parseBase, resolveBase } from './index.ts';
import { applyLayer } from './layer-names.ts';

const PLATFORM = { os: 'linux', architecture: 'amd64' };
const file = (name: string): Entry => ({
  path: name,
  type: 'file',
  mode: 0o755,
  content: { bytes: Buffer.from(name) },
});

function cacheIn(folder: string): LayerCache {
  return new LayerCache(path.join(folder, 'layers'), new Blobs(path.join(folder, 'blobs')));
}

interface Made {
  config: ReturnType<Blobs['putJson']>;
  manifest: ReturnType<Blobs['putJson']>;
  layers: Layer[];
}

/** An image of somebody else's: two layers, a program in each; the second takes one of the first away. */
async function makeImage(blobs: Blobs, change: Partial<ImageConfig> = {}): Promise<Made> {
  const pack = (entries: Entry[], compression: 'gzip' | 'zstd') =>
    writeLayer(blobs, { entries, compression, what: 'x' });
  const layers = [
    await pack([file('usr/bin/tool'), file('usr/bin/gone'), file('bin/sh')], 'gzip'),
    await pack([file('usr/local/bin/node'), file('usr/bin/.wh.gone')], 'zstd'),
  ];
  const config = blobs.putJson(
    { ...PLATFORM, rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) }, ...change },
    MEDIA.config,
  );
  const manifest = blobs.putJson(composeManifest(config, layers, {}), MEDIA.manifest);
  return { config, manifest, layers };
}

function requestFor(t: TestContext, text: string, folder: string) {
  const registries = new Registries({ credentials: async () => ({ kind: 'none' }), wait: async () => {} });
  t.after(() => registries.close());
  const common = { compression: 'gzip' as const, platform: PLATFORM, folder, renew: false, registries };
  return { ...common, choice: parseBase(text) };
}

async function layoutOf(
  t: TestContext,
  change: Partial<ImageConfig> = {},
): Promise<{ folder: string; made: Made }> {
  const blobs = new Blobs(path.join(temporary(t), 'blobs'));
  const made = await makeImage(blobs, change);
  const folder = path.join(temporary(t), 'layout');
  await writeLayout(blobs, folder, [{ ...made, ref: 'one', sbom: null }]);
  return { folder, made };
}

function resolve(t: TestContext, text: string, home = temporary(t)) {
  return resolveBase(cacheIn(home), requestFor(t, text, home));
}

test('an OCI layout: its layers, its digest, and which programs are left in it', async (t) => {
  const { folder, made } = await layoutOf(t);
  const base = await resolve(t, `layout:${folder}`);
  assert.equal(base.image.digest, made.manifest.digest);
  assert.deepEqual(
    base.image.layers.map(({ digest }) => digest),
    made.layers.map(({ digest }) => digest),
  );
  assert.deepEqual([...base.names].sort(), ['bin/sh', 'usr/bin/tool', 'usr/local/bin/node']);
});

test('of several images in a layout one is named', async (t) => {
  const { folder } = await layoutOf(t);
  const blobs = new Blobs(path.join(temporary(t), 'blobs'));
  const other = await makeImage(blobs, { created: '1999-01-01T00:00:00Z' });
  await writeLayout(blobs, folder, [{ ...other, ref: 'two', sbom: null }]);
  await assert.rejects(resolve(t, `layout:${folder}`), { code: 'image-base' });
  assert.equal((await resolve(t, `layout:${folder}@two`)).image.digest, other.manifest.digest);
  await assert.rejects(resolve(t, `layout:${folder}@three`), { code: 'image-base' });
});

const blobIn = (folder: string, digest: string) => path.join(folder, 'blobs', 'sha256', digest.slice(7));

const BROKEN: [string, (folder: string, made: Made) => void][] = [
  ['a layer of another content', (at, made) => change(blobIn(at, made.layers[0]!.digest))],
  ['half a layer', (at, made) => cut(blobIn(at, made.layers[0]!.digest))],
  ['a layer too long', (at, made) => writeFileSync(blobIn(at, made.layers[0]!.digest), 'x', { flag: 'a' })],
  ['no layer', (at, made) => rmSync(blobIn(at, made.layers[1]!.digest))],
  ['another manifest', (at, made) => change(blobIn(at, made.manifest.digest))],
  ['another configuration', (at, made) => change(blobIn(at, made.config.digest))],
  ['no JSON', (at) => writeFileSync(path.join(at, 'index.json'), 'x')],
  [
    'a digest that is a path',
    (at) => replace(path.join(at, 'index.json'), /sha256:[0-9a-f]{64}/g, 'sha256:../../etc/passwd'),
  ],
  ['sizes below zero', (at) => replace(path.join(at, 'index.json'), /"size":\d+/g, '"size":-1')],
];

function change(name: string): void {
  const bytes = readFileSync(name);
  bytes[bytes.length - 3]! ^= 1;
  writeFileSync(name, bytes);
}

function cut(name: string): void {
  const bytes = readFileSync(name);
  writeFileSync(name, bytes.subarray(0, bytes.length / 2));
}

function replace(name: string, from: RegExp, to: string): void {
  writeFileSync(name, readFileSync(name, 'utf8').replaceAll(from, to));
}

for (const [what, damage] of BROKEN)
  test(`a layout with ${what} is refused, and nothing of that is kept`, async (t) => {
    const { folder, made } = await layoutOf(t);
    damage(folder, made);
    const home = temporary(t);
    await assert.rejects(resolve(t, `layout:${folder}`, home), { code: 'image-damaged' });
    for (const name of readdirSync(path.join(home, 'blobs', 'sha256')))
      assert.equal(digestOf(readFileSync(path.join(home, 'blobs', 'sha256', name))), `sha256:${name}`);
  });

test('a layer that does not hold what the configuration says is refused', async (t) => {
  const ids = [digestOf(Buffer.from('1')), digestOf(Buffer.from('2'))];
  const { folder } = await layoutOf(t, { rootfs: { type: 'layers', diff_ids: ids } });
  await assert.rejects(resolve(t, `layout:${folder}`), { code: 'image-damaged' });
});

test('an image of another kind of machine is refused', async (t) => {
  const { folder } = await layoutOf(t, { architecture: 's390x' });
  await assert.rejects(resolve(t, `layout:${folder}`), { code: 'image-base' });
});

for (const [name, pack] of [
  ['plain', (bytes: Buffer) => bytes],
  ['gzip', (bytes: Buffer) => gzipSync(bytes)],
  ['zstd', (bytes: Buffer) => zstdCompressSync(bytes)],
] as const)
  test(`a root file system as a tar archive: ${name}`, async (t) => {
    const bytes = Buffer.concat([...tarPieces([file('usr/bin/python3')])]);
    const archive = path.join(temporary(t), 'root.tar');
    writeFileSync(archive, pack(bytes));
    const base = await resolve(t, `tar:${archive}`);
    assert.deepEqual([...base.names], ['usr/bin/python3']);
    assert.equal(base.image.layers[0]!.diffId, digestOf(bytes));
  });

test('a root file system of GNU tar, with devices and whatever else', async (t) => {
  const folder = writeTree(temporary(t), { 'usr/bin/tool*': 'x', 'etc/passwd': 'root' });
  const archive = path.join(temporary(t), 'root.tar');
  execFileSync('mkfifo', [path.join(folder, 'pipe')]);
  execFileSync('tar', ['-C', folder, '-cf', archive, '.']);
  assert.deepEqual([...(await resolve(t, `tar:${archive}`)).names], ['usr/bin/tool']);
});

test('a root file system that leaves itself, or is none, is refused', async (t) => {
  const archive = path.join(temporary(t), 'root.tar');
  writeFileSync(archive, Buffer.concat([...tarPieces([file('../evil')])]));
  await assert.rejects(resolve(t, `tar:${archive}`), { code: 'image-damaged' });
  writeFileSync(archive, 'no archive at all, but long enough to be one: '.repeat(100));
  await assert.rejects(resolve(t, `tar:${archive}`), { code: 'image-damaged' });
  writeFileSync(archive, gzipSync(Buffer.alloc(100_000)).subarray(0, 50));
  await assert.rejects(resolve(t, `tar:${archive}`), { code: 'image-damaged' });
  await assert.rejects(resolve(t, 'tar:/nonexistent.tar'), { code: 'image-base' });
});

test('whiteouts: of a file, of a folder, of all that was below', () => {
  const shown = new Set(['usr/bin/a', 'usr/bin/b', 'opt/x/bin/c', 'bin/d']);
  applyLayer(shown, ['usr/bin/.wh.a', 'opt/.wh.x', 'bin/.wh..wh..opq', 'bin/e']);
  assert.deepEqual([...shown].sort(), ['bin/e', 'usr/bin/b']);
});

/** A registry that has an image of Docker's form behind an index. */
async function registryWith(t: TestContext): Promise<{ registry: FaultyRegistry; made: Made }> {
  const registry = await faultyRegistry(t);
  const blobs = new Blobs(path.join(temporary(t), 'blobs'));
  const made = await makeImage(blobs);
  for (const each of [made.config, ...made.layers])
    registry.blobs.set(each.digest, readFileSync(blobs.fileOf(each.digest)));
  const bytes = readFileSync(blobs.fileOf(made.manifest.digest));
  registry.manifests.set(`base ${made.manifest.digest}`, { bytes, mediaType: MEDIA.manifest });
  const index = {
    schemaVersion: 2,
    mediaType: DOCKER_MEDIA.index,
    manifests: [
      {
        ...made.manifest,
        digest: `sha256:${'0'.repeat(64)}`,
        platform: { os: 'linux', architecture: 'arm64' },
      },
      { ...made.manifest, platform: PLATFORM },
    ],
  };
  registry.manifests.set('base 1', {
    bytes: Buffer.from(JSON.stringify(index)),
    mediaType: DOCKER_MEDIA.index,
  });
  return { registry, made };
}

test('a base of a registry: by its digest for this platform, kept, and asked for again only when told', async (t) => {
  const { registry, made } = await registryWith(t);
  const home = temporary(t);
  const name = `${registry.host}/base:1`;
  const base = await resolve(t, name, home);
  assert.equal(base.image.digest, made.manifest.digest);
  assert.equal(base.image.name, name);
  assert.ok(base.names.has('usr/local/bin/node'));
  registry.seen.length = 0;
  assert.equal((await resolve(t, name, home)).image.digest, made.manifest.digest);
  assert.deepEqual(registry.seen, []);
  await resolveBase(cacheIn(home), { ...requestFor(t, name, home), renew: true });
  assert.ok(registry.seen.length > 0);
  await assert.rejects(resolve(t, `${registry.host}/base:2`), { code: 'image-base' });
});

test('a base of a registry by digest', async (t) => {
  const { registry, made } = await registryWith(t);
  const base = await resolve(t, `${registry.host}/base@${made.manifest.digest}`);
  assert.equal(base.image.digest, made.manifest.digest);
});

const isBlob = ({ method, path: at }: Seen) => method === 'GET' && at.includes('/blobs/');
const once = (fault: Fault, matches: (seen: Seen) => boolean) => {
  let left = 1;
  return (seen: Seen) => (matches(seen) && left-- > 0 ? fault : null);
};

for (const [what, fault] of [
  ['a connection cut half-way', { kind: 'cut', side: 'out', bytes: 50 }],
  ['500', { kind: 'status', status: 500 }],
  ['429', { kind: 'status', status: 429, headers: { 'retry-after': '0' } }],
] as [string, Fault][])
  test(`fetching a layer, ${what}: tried again`, async (t) => {
    const { registry, made } = await registryWith(t);
    registry.fault = once(fault, isBlob);
    assert.equal((await resolve(t, `${registry.host}/base:1`)).image.digest, made.manifest.digest);
  });

for (const [what, matches, bytes] of [
  ['another layer', isBlob, Buffer.alloc(100, 1)],
  ['half a layer', isBlob, Buffer.alloc(10)],
  [
    'a manifest of another digest',
    ({ path: at }: Seen) => at.includes('/manifests/sha256'),
    Buffer.from('{"schemaVersion":2}'),
  ],
  ['an endless layer', isBlob, Buffer.alloc(1 << 20)],
] as [string, (seen: Seen) => boolean, Buffer][])
  test(`fetching: ${what} is refused, and nothing of that is kept`, async (t) => {
    const { registry } = await registryWith(t);
    registry.fault = (seen) => (matches(seen) ? { kind: 'other', bytes } : null);
    const home = temporary(t);
    await assert.rejects(resolve(t, `${registry.host}/base:1`, home), { code: 'image-damaged' });
    for (const name of readdirSync(path.join(home, 'blobs', 'sha256')))
      assert.equal(digestOf(readFileSync(path.join(home, 'blobs', 'sha256', name))), `sha256:${name}`);
  });

test('how a base is named', () => {
  assert.deepEqual(parseBase('debian'), { kind: 'debian' });
  assert.deepEqual(parseBase('layout:/a/b@c'), { kind: 'layout', folder: '/a/b', name: 'c' });
  assert.deepEqual(parseBase('tar:/a.tar'), { kind: 'tar', file: '/a.tar' });
  assert.deepEqual(parseBase('r.example/a:1'), { kind: 'registry', reference: 'r.example/a:1' });
  for (const text of ['', 'node:26', 'alpine', 'layout:', 'tar:'])
    assert.throws(() => parseBase(text), { code: 'image-choice' });
});
