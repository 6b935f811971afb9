import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Component, spdxDocument } from './sbom.ts';

const WS: Component = {
  ...{ kind: 'npm', name: '@a/ws', version: '1.0.0+x', license: 'MIT' },
  integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
};
const LIBC: Component = {
  ...{ kind: 'deb', name: 'libc6', version: '2.36-9+deb12u1', license: null, architecture: 'amd64' },
};

const document = (components: Component[]) =>
  spdxDocument({ name: 'shop/web', components, version: '1.2.3' }) as {
    documentNamespace: string;
    packages: { SPDXID: string; [key: string]: unknown }[];
    relationships: object[];
    [key: string]: unknown;
  };

test('each component once, sorted, by its package URL', () => {
  const { packages, relationships, ...rest } = document([WS, LIBC, WS]);
  assert.deepEqual(
    packages.map(({ SPDXID: _, ...each }) => each),
    [
      {
        name: 'shop/web',
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        primaryPackagePurpose: 'CONTAINER',
      },
      {
        name: 'libc6',
        versionInfo: '2.36-9+deb12u1',
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseDeclared: 'NOASSERTION',
        externalRefs: [purl('pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?arch=amd64')],
      },
      {
        name: '@a/ws',
        versionInfo: '1.0.0+x',
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseDeclared: 'MIT',
        externalRefs: [purl('pkg:npm/%40a/ws@1.0.0%2Bx')],
        checksums: [{ algorithm: 'SHA512', checksumValue: '01'.repeat(64) }],
      },
    ],
  );
  assert.equal(relationships.length, 2);
  assert.equal(rest.spdxVersion, 'SPDX-2.3');
  for (const { SPDXID } of packages) assert.match(SPDXID, /^SPDXRef-[A-Za-z0-9.-]+$/);
});

function purl(referenceLocator: string) {
  return { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator };
}

test('the document is the same whatever the order, and another one for other content', () => {
  assert.deepEqual(document([LIBC, WS]), document([WS, LIBC]));
  assert.notEqual(document([LIBC]).documentNamespace, document([WS]).documentNamespace);
});

test('a licence that is no expression is not repeated', () => {
  const [, found] = document([{ ...WS, license: 'SEE LICENSE IN <a>' }]).packages;
  assert.equal(found!.licenseDeclared, 'NOASSERTION');
  const [, both] = document([{ ...WS, license: '(MIT OR Apache-2.0)' }]).packages;
  assert.equal(both!.licenseDeclared, '(MIT OR Apache-2.0)');
});
