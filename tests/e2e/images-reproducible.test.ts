import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { run, without } from '../../src/delivery/image/testing/programs.ts';
import { copySystem } from '../copy-system.ts';
import { type Escale, startEscale } from './escale.ts';

/** At most this much is in an image of hello, uncompressed, its base included. */
const MOST_BYTES = 130e6;
const noDebian = without('apt-get', 'dpkg-deb');

interface Built {
  base: { digest: string };
  images: { name: string; digest: string; layers: { digest: string; what: string }[] }[];
}

async function build(escale: Escale, folder: string, ...options: string[]): Promise<Built> {
  const words = ['image', 'build', folder, '--json', '--compression', 'zstd', ...options];
  return JSON.parse((await escale.must(words)).stdout) as Built;
}

test('hello is the same image from another folder in another home, and nothing runs for it', {
  skip: noDebian,
}, async (t) => {
  const [one, two] = [await startEscale(t), await startEscale(t)];
  const first = await build(one, copySystem('hello', path.join(one.folder, 'repository')));
  const second = await build(two, copySystem('hello', path.join(two.folder, 'elsewhere', 'deeper')));
  assert.deepEqual(first, second);
  const [web] = first.images;
  const kinds = web!.layers.map(({ what }) => what.split(/[ :]/)[0]);
  assert.deepEqual(kinds, ['Debian', 'node', 'packages', 'application']);
  assert.deepEqual([one.processes(), two.processes()], [[], []]);
});

test('an image of hello is small, has no shell, and a scanner finds what is in it', {
  skip: noDebian || without('skopeo', 'tar', 'zstd'),
}, async (t) => {
  const escale = await startEscale(t);
  const layout = path.join(escale.folder, 'layout');
  const built = await build(
    escale,
    copySystem('hello', path.join(escale.folder, 'repository')),
    '-o',
    `layout:${layout}`,
  );
  const [web] = built.images;
  const root = path.join(escale.folder, 'root');
  execFileSync('mkdir', [root]);
  let bytes = 0;
  for (const { digest } of web!.layers) {
    const blob = path.join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length));
    bytes += execFileSync('zstd', ['-dc', blob], { maxBuffer: 1 << 30 }).length;
    execFileSync('tar', ['--zstd', '-C', root, '-xf', blob]);
  }
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
  assert.deepEqual(readdirSync(path.join(root, 'usr/local/bin')), ['node']);
  for (const folder of ['usr/bin', 'usr/sbin']) assert.deepEqual(readdirSync(path.join(root, folder)), []);
  assert.ok(lstatSync(path.join(root, 'bin')).isSymbolicLink());
  const packages = readdirSync(path.join(root, 'var/lib/dpkg/status.d'));
  assert.ok(packages.includes('libc6') && packages.includes('ca-certificates'));
  assert.match(
    readFileSync(path.join(root, 'etc/ssl/certs/ca-certificates.crt'), 'utf8'),
    /^-----BEGIN CERTIFICATE/,
  );
  assert.ok(existsSync(path.join(root, 'usr/share/zoneinfo/Europe/Zurich')));
  const sbom = JSON.parse(readFileSync(`${layout}.web.spdx.json`, 'utf8'));
  const names = sbom.packages.map(({ name }: { name: string }) => name);
  for (const name of ['libc6', 'node', 'ws', 'prom-client']) assert.ok(names.includes(name), name);
  const inspected = JSON.parse(await run('skopeo', ['inspect', `oci:${layout}:web`]));
  assert.equal(inspected.Digest, web!.digest);
});
