import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  attachment,
  type BaseImage,
  composeConfig,
  composeManifest,
  dockerManifest,
  imageAnnotations,
  type Layer,
} from './compose.ts';
import { DOCKER_MEDIA, encoded, MEDIA } from './oci.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';

const BASE: BaseImage = {
  config: {
    ...{ os: 'linux', architecture: 'amd64' },
    config: { Env: ['PATH=/bin', 'LANG=C'], Labels: { made: 'there' }, Cmd: ['sh'], User: 'root' },
    rootfs: { type: 'layers', diff_ids: [digest('a')] },
  },
  layers: [
    { mediaType: DOCKER_MEDIA.layer, digest: digest('b'), size: 1, diffId: digest('a'), what: 'base' },
  ],
  name: 'r.example/base:1',
  digest: digest('c'),
};

const OWN: Layer = {
  mediaType: GZIP,
  digest: digest('d'),
  size: 2,
  diffId: digest('e'),
  what: 'application',
};

const FACTS = {
  platform: { os: 'linux', architecture: 'amd64' },
  created: 1_700_000_000,
  command: ['node', 'server.ts'],
  env: { PATH: '/usr/bin', PORT: '8000' },
  port: true,
  annotations: { 'org.opencontainers.image.title': 'shop/web' },
};

test('the configuration: the base, and over it what the service needs', () => {
  const created = '2023-11-14T22:13:20Z';
  assert.deepEqual(composeConfig(BASE, [OWN], FACTS), {
    os: 'linux',
    architecture: 'amd64',
    created,
    config: {
      User: '65532:65532',
      Env: ['PATH=/usr/bin', 'LANG=C', 'PORT=8000'],
      Entrypoint: ['node', 'server.ts'],
      WorkingDir: '/app',
      Labels: { made: 'there', 'org.opencontainers.image.title': 'shop/web' },
      StopSignal: 'SIGTERM',
      ExposedPorts: { '8000/tcp': {} },
    },
    rootfs: { type: 'layers', diff_ids: [digest('a'), digest('e')] },
    history: [
      { created, created_by: 'base' },
      { created, created_by: 'application' },
    ],
  });
});

test('what does not listen exposes nothing', () => {
  const config = composeConfig(BASE, [OWN], { ...FACTS, port: false });
  assert.equal(config.config!.ExposedPorts, undefined);
});

test('the manifest is in OCI’s form, whatever the base’s was', () => {
  const config = { mediaType: MEDIA.config, digest: digest('f'), size: 3 };
  const manifest = composeManifest(config, [...BASE.layers, OWN], { a: 'b' });
  assert.deepEqual(manifest, {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config,
    layers: [
      { mediaType: GZIP, digest: digest('b'), size: 1 },
      { mediaType: GZIP, digest: digest('d'), size: 2 },
    ],
    annotations: { a: 'b' },
  });
  assert.equal(encoded({ b: 1, a: 2 }).toString(), '{"a":2,"b":1}');
});

test('a document is attached by its subject', () => {
  const subject = { mediaType: MEDIA.manifest, digest: digest('1'), size: 1, annotations: { no: 'no' } };
  const document = { mediaType: MEDIA.spdx, digest: digest('2'), size: 2 };
  const empty = { mediaType: MEDIA.empty, digest: digest('3'), size: 2 };
  assert.deepEqual(attachment(subject, document, empty), {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: 'application/spdx+json',
    config: empty,
    layers: [document],
    subject: { mediaType: MEDIA.manifest, digest: digest('1'), size: 1 },
  });
});

test('annotations: only what is known', () => {
  assert.deepEqual(imageAnnotations({ title: 'shop/web', revision: null, 'base.name': 'b' }), {
    'org.opencontainers.image.title': 'shop/web',
    'org.opencontainers.image.base.name': 'b',
  });
});

test('what Docker’s loader reads', () => {
  const config = { mediaType: MEDIA.config, digest: digest('f'), size: 3 };
  assert.deepEqual(dockerManifest(config, [OWN], ['shop/web:1']), [
    {
      Config: `blobs/sha256/${'f'.repeat(64)}`,
      RepoTags: ['shop/web:1'],
      Layers: [`blobs/sha256/${'d'.repeat(64)}`],
    },
  ]);
});
