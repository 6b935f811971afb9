import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { EscaleError } from '../../core/errors/index.ts';
import type { ImageConfig } from '../../core/image/index.ts';
import { plain } from '../image/base/index.ts';
import { Blobs } from '../image/blobs.ts';
import { platform } from '../image/images.ts';
import { LayerCache } from '../image/layers/index.ts';
import { readTar } from '../image/tar/index.ts';
import { without } from '../image/testing/programs.ts';
import { importArchive, keepWhole, readWhole } from '../image/whole/index.ts';
import { buildArchive } from './builder.ts';

function order(folder: string, dockerfile: string) {
  const file = path.join(folder, 'dockerfile', 'Dockerfile');
  mkdirSync(path.dirname(file));
  writeFileSync(file, dockerfile);
  const context = path.join(folder, 'context');
  mkdirSync(context);
  writeFileSync(path.join(context, 'page.txt'), 'kept');
  const archive = path.join(folder, 'built.tar');
  return { context, dockerfile: file, archive, title: 'shop/web', tag: 'escale-test/shop:1', keepAs: null };
}

function scratch(t: { after: (end: () => void) => void }): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-builder-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const signal = new AbortController().signal;

test('where nothing builds, all that was looked for is named', async (t) => {
  const folder = scratch(t);
  const wish = order(folder, 'FROM scratch\n');
  const build = (env: NodeJS.ProcessEnv) => buildArchive(wish, { say: () => {}, signal }, env);
  await assert.rejects(build({ PATH: folder }), ({ code, message, next }: EscaleError) => {
    assert.equal(code, 'builder-missing');
    assert.match(message, /no docker; there is no buildctl; there is no buildah/);
    assert.match(next, /Install one/);
    return true;
  });
  await assert.rejects(build({ ...process.env, ESCALE_BUILDER: 'kaniko' }), /ESCALE_BUILDER is "kaniko"/);
});

test('buildah builds without a daemon; what it wrote is kept whole and read back', {
  skip: without('buildah') || (process.getuid?.() !== 0 && 'buildah is tested as root'),
}, async (t) => {
  const folder = scratch(t);
  const said: string[] = [];
  const env = { ...process.env, ESCALE_BUILDER: 'buildah' };
  const wish = order(
    folder,
    'FROM scratch\nCOPY . /srv/\nENV WORD=kept\nEXPOSE 8080\nCMD ["/srv/program"]\n',
  );
  await buildArchive(wish, { say: (line) => said.push(line), signal }, env);
  assert.match(said[0]!, /^building with buildah \d/);

  const cache = new LayerCache(path.join(folder, 'layers'), new Blobs(path.join(folder, 'blobs')));
  const image = await importArchive(cache, wish.archive, platform());
  keepWhole(cache.blobs, path.join(folder, 'kept'), image);
  const kept = readWhole(path.join(folder, 'kept'));
  assert.equal(kept.image.manifest.digest, image.manifest.digest);
  const config = JSON.parse(kept.blobs.read(image.config).toString()) as ImageConfig;
  assert.deepEqual(config.config?.Cmd, ['/srv/program']);
  const [layer] = image.layers;
  const entries = [];
  for await (const entry of readTar(plain(kept.blobs.stream(layer!.digest) as never, 'gzip'), () => true))
    entries.push([entry.path, entry.type === 'file' ? entry.bytes.toString() : entry.type]);
  assert.ok(
    entries.some(([name, content]) => name === 'srv/page.txt' && content === 'kept'),
    `${entries}`,
  );

  const again = await importArchive(cache, wish.archive, platform());
  assert.deepEqual(again, image, 'the same bytes are the same image');
});

test('a build that fails says its last words; an archive of something else is refused', {
  skip: without('buildah') || (process.getuid?.() !== 0 && 'buildah is tested as root'),
}, async (t) => {
  const folder = scratch(t);
  const env = { ...process.env, ESCALE_BUILDER: 'buildah' };
  const wish = order(folder, 'FROM scratch\nCOPY missing.txt /\n');
  await assert.rejects(
    buildArchive(wish, { say: () => {}, signal }, env),
    ({ code, message }: EscaleError) => {
      assert.equal(code, 'build-failed');
      assert.match(message, /could not build shop\/web[\s\S]*missing\.txt/);
      return true;
    },
  );
  const cache = new LayerCache(path.join(folder, 'layers'), new Blobs(path.join(folder, 'blobs')));
  writeFileSync(wish.archive, readFileSync(wish.dockerfile));
  await assert.rejects(importArchive(cache, wish.archive, platform()), { code: 'image-damaged' });
});
