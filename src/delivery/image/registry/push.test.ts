import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { composeManifest, type Layer, MEDIA } from '../../../core/image/index.ts';
import { temporary } from '../../testing/tree.ts';
import { Blobs } from '../blobs.ts';
import {
  digest,
  type Fault,
  type FaultyRegistry,
  faultyRegistry,
  type Seen,
} from '../testing/faulty-registry.ts';
import { type Pushable, pushImage } from './push.ts';
import { Registries } from './registries.ts';

/** An image of one large and one small layer. */
interface Scene {
  registry: FaultyRegistry;
  blobs: Blobs;
  image: Pushable;
  push(tag?: string): ReturnType<typeof pushImage>;
}

const LARGE = 2 << 20;

async function scene(t: TestContext, large = LARGE): Promise<Scene> {
  const registry = await faultyRegistry(t);
  const blobs = new Blobs(path.join(temporary(t), 'blobs'));
  const layers = [Buffer.alloc(large, 1), Buffer.from('small')].map((bytes): Layer => {
    const draft = blobs.draft();
    draft.write(bytes);
    draft.keep(digest(bytes));
    const type = 'application/vnd.oci.image.layer.v1.tar+gzip';
    return { mediaType: type, digest: digest(bytes), size: bytes.length, diffId: digest(bytes), what: 'x' };
  });
  const config = blobs.putJson({ os: 'linux' }, MEDIA.config);
  const manifest = blobs.putJson(composeManifest(config, layers, {}), MEDIA.manifest);
  const document = blobs.putJson({ spdxVersion: 'SPDX-2.3' }, MEDIA.spdx);
  const empty = blobs.putJson({}, MEDIA.empty);
  const { mediaType, size } = manifest;
  const subject = { mediaType, digest: manifest.digest, size };
  const attached = blobs.putJson(
    { ...composeManifest(empty, [], {}), artifactType: MEDIA.spdx, layers: [document], subject },
    MEDIA.manifest,
  );
  const image = { manifest, config, layers, attached: { manifest: attached, blobs: [document, empty] } };
  const registries = new Registries({ credentials: async () => ({ kind: 'none' }), wait: async () => {} });
  t.after(() => registries.close());
  const push = (tag = '1') =>
    pushImage(registries.of(registry.host), {
      ...{ blobs, image, repository: 'team/shop', tag, elsewhere: new Map() },
    });
  return { registry, blobs, image, push };
}

/** The fault for the first requests that match, so many times. */
function times(count: number, matches: (seen: Seen) => boolean, fault: Fault): FaultyRegistry['fault'] {
  let left = count;
  return (seen) => {
    if (!matches(seen) || left === 0) return null;
    left--;
    return fault;
  };
}

const isSend = ({ method, path: at }: Seen) => method === 'PUT' && at.includes('/uploads/');
const isOf = (of: string) => (seen: Seen) => isSend(seen) && seen.path.includes(encodeURIComponent(of));
const isManifest = ({ method, path: at }: Seen) => method === 'PUT' && at.includes('/manifests/');

function tagOf({ registry }: Scene): string | undefined {
  const kept = registry.manifests.get('team/shop 1');
  return kept && digest(kept.bytes);
}

function assertWhole(made: Scene): void {
  assert.equal(tagOf(made), made.image.manifest.digest);
  for (const each of [made.image.config, ...made.image.layers])
    assert.equal(made.registry.blobs.get(each.digest)?.length, each.size);
}

test('everything is there before the tag, and the list of contents is attached', async (t) => {
  const made = await scene(t);
  const pushed = await made.push();
  assert.deepEqual(pushed, {
    digest: made.image.manifest.digest,
    wasThere: false,
    sentBytes: pushed.sentBytes,
    notAttached: null,
  });
  assertWhole(made);
  const order = made.registry.seen.filter(isManifest).map(({ path: at }) => at.split('/').at(-1)!);
  assert.equal(order.at(-1), '1');
  const referrers = made.registry.manifests.get(`team/shop ${made.image.manifest.digest.replace(':', '-')}`);
  const { manifests } = JSON.parse(String(referrers!.bytes));
  assert.deepEqual(manifests, [
    {
      artifactType: MEDIA.spdx,
      digest: made.image.attached!.manifest.digest,
      mediaType: MEDIA.manifest,
      size: made.image.attached!.manifest.size,
    },
  ]);
});

test('a registry that knows what belongs to what gets no index of its own', async (t) => {
  const made = await scene(t);
  made.registry.knowsSubjects = true;
  await made.push();
  assert.ok(![...made.registry.manifests.keys()].some((key) => key.includes('sha256-')));
});

test('what is there is not sent again', async (t) => {
  const made = await scene(t);
  await made.push();
  made.registry.seen.length = 0;
  const again = await made.push();
  assert.equal(again.wasThere, true);
  assert.equal(again.sentBytes, 0);
  const other = await made.push('2');
  assert.deepEqual([other.wasThere, other.sentBytes], [false, 0]);
  assert.deepEqual(made.registry.seen.filter(isSend), []);
});

const PASSING: [string, (made: Scene) => FaultyRegistry['fault']][] = [
  [
    '429 with a time',
    () => times(2, isSend, { kind: 'status', status: 429, headers: { 'retry-after': '0' } }),
  ],
  ['500 at an upload', () => times(1, isSend, { kind: 'status', status: 500 })],
  [
    '503 at the beginning',
    () => times(3, ({ method }) => method === 'POST', { kind: 'status', status: 503 }),
  ],
  ['502 at a manifest', () => times(2, isManifest, { kind: 'status', status: 502 })],
  ['500 at a question', () => times(2, ({ method }) => method === 'HEAD', { kind: 'status', status: 500 })],
  [
    'a connection cut half-way',
    ({ image }) => times(1, isOf(image.layers[0]!.digest), { kind: 'cut', side: 'in', bytes: 1 << 20 }),
  ],
  [
    'a connection cut twice',
    ({ image }) => times(2, isOf(image.layers[0]!.digest), { kind: 'cut', side: 'in', bytes: 1 << 20 }),
  ],
  ['a connection cut before a byte', () => times(2, isSend, { kind: 'cut', side: 'in', bytes: -1 })],
  [
    'a connection cut at the tag',
    () =>
      times(1, ({ method, path: at }) => method === 'PUT' && at.endsWith('/manifests/1'), {
        kind: 'cut',
        side: 'out',
        bytes: 0,
      }),
  ],
];

for (const [what, fault] of PASSING)
  test(`${what}: tried again, and whole in the end`, async (t) => {
    const made = await scene(t);
    made.registry.fault = fault(made);
    await made.push();
    assertWhole(made);
  });

test('what arrived before a cut is not sent again', async (t) => {
  const made = await scene(t, 40 << 20);
  const [large] = made.image.layers;
  made.registry.fault = times(1, isOf(large!.digest), { kind: 'cut', side: 'in', bytes: 20 << 20 });
  await made.push();
  assertWhole(made);
  const parts = made.registry.seen
    .filter(({ method }) => method === 'PATCH')
    .map(({ headers }) => headers['content-range']);
  assert.deepEqual(parts, [`${20 << 20}-${(36 << 20) - 1}`]);
});

const LASTING: [string, string, (seen: Seen) => Fault | null][] = [
  ['registry-failed', '500 for ever', (seen) => (isSend(seen) ? { kind: 'status', status: 500 } : null)],
  ['registry-failed', '413 once', (seen) => (isSend(seen) ? { kind: 'status', status: 413 } : null)],
  ['registry-denied', '403', (seen) => (seen.method === 'POST' ? { kind: 'status', status: 403 } : null)],
  ['registry-denied', '401 without a way in', () => ({ kind: 'status', status: 401 })],
  [
    'registry-failed',
    'no place to send to',
    (seen) => (seen.method === 'POST' ? { kind: 'status', status: 202 } : null),
  ],
  [
    'registry-unreachable',
    'cut for ever',
    (seen) => (isSend(seen) ? { kind: 'cut', side: 'in', bytes: -1 } : null),
  ],
  [
    'image-damaged',
    'another manifest stored',
    (seen) =>
      isManifest(seen)
        ? { kind: 'status', status: 201, headers: { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } }
        : null,
  ],
];

for (const [code, what, fault] of LASTING)
  test(`${what}: said with the reason, and no tag is set`, async (t) => {
    const made = await scene(t);
    made.registry.fault = fault;
    await assert.rejects(made.push(), { code });
    assert.equal(tagOf(made), undefined);
  });

test('a blob that is damaged here is refused there, and no tag is set', async (t) => {
  const made = await scene(t);
  const [, small] = made.image.layers;
  writeFileSync(made.blobs.fileOf(small!.digest), 'smalL');
  await assert.rejects(made.push(), /DIGEST_INVALID/);
  assert.equal(tagOf(made), undefined);
});

test('a registry that takes no attached documents gets the image without', async (t) => {
  const made = await scene(t);
  const attached = made.image.attached!.manifest.digest;
  made.registry.fault = ({ method, path: at }) =>
    method === 'PUT' && at.endsWith(attached)
      ? { kind: 'status', status: 400, body: '{"errors":[{"code":"MANIFEST_INVALID","message":"unknown"}]}' }
      : null;
  const pushed = await made.push();
  assert.match(pushed.notAttached!, /MANIFEST_INVALID unknown/);
  assertWhole(made);
});

test('a blob of a neighbour is taken over', async (t) => {
  const made = await scene(t);
  const [large] = made.image.layers;
  made.registry.blobs.set(large!.digest, Buffer.alloc(LARGE, 1));
  // It is asked for by name first: here the registry does not tell that it has it.
  made.registry.fault = ({ method }) => (method === 'HEAD' ? { kind: 'status', status: 404 } : null);
  const registries = new Registries({ credentials: async () => ({ kind: 'none' }), wait: async () => {} });
  t.after(() => registries.close());
  const elsewhere = new Map([[large!.digest, 'team/base']]);
  const { blobs, image } = made;
  const pushed = await pushImage(registries.of(made.registry.host), {
    blobs,
    image,
    repository: 'team/shop',
    tag: '1',
    elsewhere,
  });
  assert.ok(pushed.sentBytes < 1000);
  assert.ok(
    made.registry.seen.some(({ path: at }) => at.includes('mount=') && at.includes('from=team%2Fbase')),
  );
});
