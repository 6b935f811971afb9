import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { canonical } from '../../../core/release/index.ts';
import { postgresPackage } from '../../../host/index.ts';
import type { Entry } from '../tar/index.ts';
import { ownEntries, serverEntries } from './files.ts';
import { postgresTag, REVISION } from './image.ts';

const ENTRIES = ownEntries();

function textOf(name: string): string {
  const entry = ENTRIES.find(({ path }) => path === name);
  assert.ok(entry?.type === 'file' && 'bytes' in entry.content, name);
  return entry.content.bytes.toString();
}

test('what is over the server: its entry, its probe, its settings, and the shell that initdb needs', () => {
  const short = (entry: Entry) =>
    `${entry.path} ${'target' in entry ? entry.target : entry.mode.toString(8)}`;
  assert.deepEqual(ENTRIES.map(short), [
    'usr/local/bin/escale-postgres 755',
    'usr/local/bin/pg_isready 755',
    'usr/share/escale/postgres/escale.conf 644',
    'usr/share/escale/postgres/pg_hba.conf 644',
    'usr/share/escale/postgres/roles.sql 644',
    'usr/share/escale/postgres/initdb.options 644',
    'etc/passwd 644',
    'etc/group 644',
    'var/lib/postgresql 1777',
    'run/postgresql 1777',
    'var/run /run',
    ...['sh', 'cat', 'cmp', 'cp', 'cut', 'grep', 'mkdir', 'mv', 'nc', 'rm', 'sed', 'sha256sum', 'sync'].map(
      (name) => `usr/bin/${name} busybox`,
    ),
    ...['sleep', 'df', 'du', 'id', 'less', 'ls', 'ps'].map((name) => `usr/bin/${name} busybox`),
  ]);
  assert.match(textOf('usr/share/escale/postgres/escale.conf'), /^listen_addresses = '\*'$/m);
  assert.match(textOf('usr/share/escale/postgres/escale.conf'), /^unix_socket_permissions = 0700$/m);
  assert.deepEqual(textOf('usr/share/escale/postgres/pg_hba.conf').split('\n').slice(1, 4), [
    'local all all trust',
    'host all all all scram-sha-256',
    'host replication postgres 127.0.0.1/32 scram-sha-256',
  ]);
  assert.match(textOf('usr/share/escale/postgres/roles.sql'), /^CREATE DATABASE "app" OWNER "app";$/m);
  assert.match(textOf('usr/share/escale/postgres/roles.sql'), /^REVOKE ALL ON DATABASE "app" FROM PUBLIC;$/m);
});

test('the server is what npm has brought, with the links that its package makes in a script', () => {
  const entries = serverEntries(postgresPackage());
  const find = (name: string) => entries.find(({ path }) => path === `usr/lib/postgresql/18/${name}`);
  assert.deepEqual(find('lib/libicuuc.so.60'), {
    ...{ path: 'usr/lib/postgresql/18/lib/libicuuc.so.60', type: 'link', target: 'libicuuc.so.60.2' },
  });
  for (const name of [
    'bin/postgres',
    'bin/initdb',
    'lib/postgresql/pgcrypto.so',
    'share/postgresql/postgres.bki',
  ])
    assert.equal(find(name)?.type, 'file', name);
  for (const name of [
    'lib/libpgport.a',
    'lib/pkgconfig',
    'lib/libecpg.so',
    'lib/postgresql/pgxs',
    'pg-symlinks.json',
  ])
    assert.equal(find(name), undefined, name);
});

/**
 * What is in a registry under a name stays: whoever changes a file of the image raises `REVISION` where databases that run should
 * get it (they are started anew once), and writes the new digest here in any case.
 */
test('the files of the image are those of its revision', () => {
  const plain = ENTRIES.map((entry) =>
    entry.type === 'file' && 'bytes' in entry.content
      ? { ...entry, content: entry.content.bytes.toString() }
      : { ...entry },
  );
  const digest = createHash('sha256').update(canonical(plain)).digest('hex').slice(0, 12);
  assert.deepEqual([REVISION, digest], [1, 'd446a68f3455']);
  assert.equal(
    postgresTag({ os: 'linux', architecture: 'amd64' }),
    `${postgresPackage().version}-${REVISION}-amd64`,
  );
});
