import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { homeLayout } from '../../core/home/index.ts';
import { ArtifactStore } from '../artifact/index.ts';
import { git, temporary, writeTree } from '../testing/tree.ts';
import {
  artifactFiles,
  buildSystem,
  Registries,
  type SystemBuildRequest,
  type SystemBuildSetting,
  type SystemImages,
} from './index.ts';
import { artifactEntries, draftEntries } from './layers/index.ts';
import { sorted, tarPieces, withFolders } from './tar/index.ts';
import { run, without } from './testing/programs.ts';
import { smallBase } from './testing/small-base.ts';

const SYSTEM = `name: shop
services:
  web: {source: web, command: 'node server.ts --port \${PORT}', port: true}
  site: {source: site, static: {spa: true}}
jobs:
  migrate: {source: web, command: [node, migrate.ts], before: deploy}
`;

const FILES = {
  'escale.yaml': SYSTEM,
  'web/server.ts': 'serve()',
  'web/bin/run*': '#!/bin/sh',
  'web/package.json': '{"version": "2.3.4"}',
  'site/index.html': '<h1>hello</h1>',
};

function settingIn(t: TestContext, home = temporary(t)): SystemBuildSetting {
  const registries = new Registries({ credentials: async () => ({ kind: 'none' }) });
  t.after(() => registries.close());
  const silent = { step: () => () => {}, note: () => {} };
  return { home: homeLayout(home, '/tmp'), registries, version: '1.2.3', ...silent };
}

async function requestFor(
  t: TestContext,
  folder: string,
  programs = ['usr/bin/node'],
): Promise<SystemBuildRequest> {
  const base = { kind: 'layout' as const, folder: await smallBase(t, programs), name: null };
  return { folder, service: null, base, compression: 'gzip', renew: false };
}

/** A repository with one commit, at a time of its own. */
function committed(t: TestContext, files: Record<string, string> = FILES): string {
  const folder = writeTree(temporary(t), files);
  git(folder, 'init', '--quiet');
  git(folder, 'add', '.');
  const env = { ...process.env, GIT_AUTHOR_DATE: '1700000000 +0000', GIT_COMMITTER_DATE: '1700000000 +0000' };
  const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  execFileSync('git', ['-C', folder, ...who, 'commit', '--quiet', '-m', 'first'], { env });
  return folder;
}

function digests({ images }: SystemImages): string[] {
  return images.map(({ manifest }) => manifest.digest);
}

function documentOf<T>({ builder }: SystemImages, descriptor: { digest: string; size: number }): T {
  return JSON.parse(String(builder.blobs.read(descriptor)));
}

test('two builds in different folders and homes give the same digests', async (t) => {
  const one = await buildSystem(await requestFor(t, committed(t)), settingIn(t));
  const two = await buildSystem(await requestFor(t, committed(t)), settingIn(t));
  assert.equal(one.images.length, 3);
  assert.deepEqual(digests(one), digests(two));
  assert.deepEqual(
    one.images.map(({ sbom }) => sbom?.digest),
    two.images.map(({ sbom }) => sbom?.digest),
  );
});

test('the same build again makes nothing anew; a changed file makes one layer', async (t) => {
  const folder = committed(t);
  const setting = settingIn(t);
  const request = await requestFor(t, folder);
  const first = await buildSystem(request, setting);
  assert.deepEqual(digests(await buildSystem(request, setting)), digests(first));
  appendFileSync(path.join(folder, 'web/server.ts'), '// more');
  const second = await buildSystem(request, setting);
  const layersOf = ({ images }: SystemImages) => images[0]!.layers.map(({ digest }) => digest);
  const [before, after] = [layersOf(first), layersOf(second)];
  assert.deepEqual(before.slice(0, -1), after.slice(0, -1));
  assert.notEqual(before.at(-1), after.at(-1));
});

test('what an image says of itself', async (t) => {
  const folder = committed(t);
  git(folder, 'remote', 'add', 'origin', 'https://user:secret@git.example.org/team/shop.git');
  const revision = git(folder, 'rev-parse', 'HEAD');
  const built = await buildSystem(await requestFor(t, folder), settingIn(t));
  const [web, site, migrate] = built.images;
  const { annotations, layers } = documentOf<{ annotations: object; layers: object[] }>(built, web!.manifest);
  assert.deepEqual(annotations, {
    'org.opencontainers.image.title': 'shop/web',
    'org.opencontainers.image.created': '2023-11-14T22:13:20Z',
    'org.opencontainers.image.revision': revision,
    'org.opencontainers.image.source': 'https://git.example.org/team/shop.git',
    'org.opencontainers.image.version': '2.3.4',
    'org.opencontainers.image.base.digest': built.base?.image.digest,
  });
  assert.equal(layers.length, 2);
  const { config, created } = documentOf<{ config: Record<string, unknown>; created: string }>(
    built,
    web!.config,
  );
  assert.equal(created, '2023-11-14T22:13:20Z');
  assert.equal(config.User, '65532:65532');
  assert.deepEqual(config.Entrypoint, ['node', 'server.ts', '--port', '8000']);
  assert.deepEqual(config.Labels, annotations);
  const started = documentOf<{ config: { Entrypoint: string[] } }>(built, site!.config);
  assert.equal(started.config.Entrypoint.at(-1), '--spa');
  const job = documentOf<{ config: Record<string, unknown> }>(built, migrate!.config);
  assert.deepEqual(job.config.Entrypoint, ['node', 'migrate.ts']);
  assert.equal(job.config.ExposedPorts, undefined);
});

test('files that no commit has: no revision, and the time of the last commit', async (t) => {
  const folder = committed(t);
  writeFileSync(path.join(folder, 'web/new.ts'), '');
  const built = await buildSystem(await requestFor(t, folder), settingIn(t));
  assert.deepEqual([built.provenance.revision, built.provenance.created], [null, 1_700_000_000]);
});

test('only one service or job', async (t) => {
  const request = await requestFor(t, committed(t));
  const built = await buildSystem({ ...request, service: 'migrate' }, settingIn(t));
  assert.deepEqual(
    built.images.map(({ title }) => title),
    ['shop/migrate'],
  );
  await assert.rejects(buildSystem({ ...request, service: 'api' }, settingIn(t)), { code: 'system-unknown' });
});

const COMMANDS: [string, string[], string | null][] = [
  ['npm start', ['usr/bin/node'], 'image-command'],
  ['node server.ts', ['lib/ld-musl-x86_64.so.1'], 'image-base'],
  ['python3 app.py', ['usr/bin/node'], 'image-command'],
  ['python3 app.py', ['usr/local/bin/python3'], null],
  ['./bin/run', [], null],
  ['bin/run', [], null],
  ['./bin/other', [], 'image-command'],
  ['tool --now', ['usr/local/sbin/tool'], null],
  ['tool --now', ['opt/bin/tool'], 'image-command'],
];

for (const [command, programs, code] of COMMANDS)
  test(`${command} on a base with ${programs.join() || 'nothing'}: ${code ?? 'taken'}`, async (t) => {
    const file = `name: shop\nservices:\n  web: {source: web, command: ${command}, port: true}\n`;
    const request = await requestFor(t, committed(t, { ...FILES, 'escale.yaml': file }), programs);
    const building = buildSystem(request, settingIn(t));
    if (code === null) assert.equal((await building).images.length, 1);
    else await assert.rejects(building, { code });
  });

test('an artifact on a host and the files that it is made of are the same layer', async (t) => {
  const home = temporary(t);
  const packages = path.join(home, 'packages');
  const store = new ArtifactStore({
    ...{ folder: path.join(home, 'artifacts'), cache: path.join(home, 'cache') },
    installer: { packages, programFolders: [], say: () => {} },
  });
  const lock = { lockfileVersion: 3, packages: { '': { dependencies: { a: '1' } } } };
  const folder = writeTree(temporary(t), {
    ...{ 'server.ts': 'x', 'lib/deep/b.ts': 'y', 'bin/run*': 'z' },
    ...{ 'package.json': '{"dependencies":{"a":"1"}}', 'package-lock.json': JSON.stringify(lock) },
  });
  const draft = await store.draft({ folder, top: folder, static: false });
  const installed = path.join(packages, draft.packages!.key);
  writeTree(installed, { 'node_modules/a/index.js': '' });
  const artifact = await store.prepare(draft);
  const archive = (entries: ReturnType<typeof draftEntries>) =>
    Buffer.concat([...tarPieces(sorted(withFolders(entries)))]);
  const [ofArtifact, ofDraft] = [artifactEntries(artifact, installed), draftEntries(draft, installed)];
  assert.ok(archive(ofArtifact).equals(archive(ofDraft)));
  assert.deepEqual(artifactFiles({ digest: draft.digest, folder: artifact }, packages), {
    files: { kind: 'artifact', digest: draft.digest, folder: artifact, packages: 'npm' },
    installed,
  });
  assert.ok(ofDraft.some((entry) => entry.type === 'link' && entry.target === '/packages/node_modules'));
});

test('an archive is the same each time, and every tar reads it', async (t) => {
  const built = await buildSystem(await requestFor(t, committed(t)), settingIn(t));
  const folder = temporary(t);
  const named = built.images.map((image) => ({ ...image, ref: image.name, tag: `shop/${image.name}:1` }));
  const files = ['one.tar', 'two.tar'].map((name) => path.join(folder, name));
  for (const file of files) await built.builder.writeArchive(file, named);
  const [one, two] = files.map((file) => readFileSync(file));
  assert.ok(one!.equals(two!));
  const listed = execFileSync('tar', ['-tf', files[0]!], { encoding: 'utf8' }).trim().split('\n');
  for (const name of ['oci-layout', 'index.json', 'manifest.json']) assert.ok(listed.includes(name), name);
});

test('skopeo and umoci read the same', { skip: without('skopeo', 'umoci') }, async (t) => {
  for (const compression of ['gzip', 'zstd'] as const) {
    const request = { ...(await requestFor(t, committed(t))), compression };
    const built = await buildSystem(request, settingIn(t));
    const layout = path.join(temporary(t), 'layout');
    const [web] = built.images;
    await built.builder.writeLayout(layout, [{ ...web!, ref: 'web' }]);
    const inspected = JSON.parse(await run('skopeo', ['inspect', `oci:${layout}:web`]));
    assert.equal(inspected.Digest, web!.manifest.digest);
    assert.deepEqual(
      inspected.Layers,
      web!.layers.map(({ digest }) => digest),
    );
    const copy = path.join(temporary(t), 'copy');
    mkdirSync(copy);
    await run('skopeo', ['copy', '--quiet', `oci:${layout}:web`, `dir:${copy}`]);
    if (compression === 'zstd') continue;
    const bundle = path.join(temporary(t), 'bundle');
    const asOther = process.getuid?.() === 0 ? [] : ['--rootless'];
    await run('umoci', ['unpack', ...asOther, '--image', `${layout}:web`, bundle]);
    assert.equal(readFileSync(path.join(bundle, 'rootfs/app/server.ts'), 'utf8'), 'serve()');
  }
});
