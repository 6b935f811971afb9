import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatReference, hostOf, isLoopback, parseReference } from './reference.ts';

const D = `sha256:${'a'.repeat(64)}`;

const READ: [string, [string, string, string | null, string | null]][] = [
  ['registry.example.org/shop', ['registry.example.org', 'shop', null, null]],
  ['registry.example.org/team/shop:1.0', ['registry.example.org', 'team/shop', '1.0', null]],
  ['127.0.0.1:5000/shop:dev', ['127.0.0.1:5000', 'shop', 'dev', null]],
  ['localhost/shop', ['localhost', 'shop', null, null]],
  ['[::1]:5000/shop', ['[::1]:5000', 'shop', null, null]],
  ['docker.io/library/node:26', ['docker.io', 'library/node', '26', null]],
  [`ghcr.io/a/b_c/d-e.f@${D}`, ['ghcr.io', 'a/b_c/d-e.f', null, D]],
  [`ghcr.io/a:1@${D}`, ['ghcr.io', 'a', '1', D]],
];

for (const [text, [registry, repository, tag, digest]] of READ)
  test(`${text} is read, and written again`, () => {
    assert.deepEqual(parseReference(text), { registry, repository, tag, digest });
    assert.equal(formatReference(parseReference(text)), text);
  });

const REFUSED = [
  ...['', 'node', 'node:26', 'library/node', 'registry.example.org/', 'registry.example.org/Shop'],
  ...[
    'r.example/a//b',
    'r.example/../b',
    'r.example/a:',
    'r.example/a:-x',
    'r.example/a b',
    'r.example/a?b=c',
  ],
  ...['user:pass@r.example/a', 'https://r.example/a', 'r.example/a@sha256:123', `r.example/a@${D}@${D}`],
  ...[
    'r.example:99999999/a',
    'r.example/$(id)',
    'r.example/a;b',
    'r.example/a\nb',
    `r.example/${'a'.repeat(256)}`,
  ],
];

for (const text of REFUSED)
  test(`${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parseReference(text), { code: 'image-reference' });
  });

test('property: what is read can stand in an address as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      try {
        const { registry, repository, tag } = parseReference(`r.example/${text}`);
        const url = new URL(`https://${registry}/v2/${repository}/manifests/${tag ?? 'latest'}`);
        assert.equal(url.href, `https://r.example/v2/${repository}/manifests/${tag ?? 'latest'}`);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'image-reference');
      }
    }),
  );
});

test('plain http stays on this host', () => {
  for (const host of ['localhost', 'localhost:5000', '127.0.0.1', '127.1.2.3:80', '[::1]:5000'])
    assert.equal(isLoopback(host), true, host);
  for (const host of [
    'localhost.example.org',
    '127.0.0.1.example.org',
    '10.0.0.1:5000',
    'r.example',
    '[::2]',
  ])
    assert.equal(isLoopback(host), false, host);
});

test('Docker Hub answers at another host than its name', () => {
  assert.equal(hostOf('docker.io'), 'registry-1.docker.io');
  assert.equal(hostOf('ghcr.io'), 'ghcr.io');
});
