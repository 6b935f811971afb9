import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, test } from 'node:test';
import { Client } from 'pg';
import type { ResourceAt } from '../../core/contracts/index.ts';
import { postgres } from './index.ts';
import { cache, freePort, place, temporary } from './testing/place.ts';
import { startServer } from './testing/server.ts';

const kind = postgres({ cache });
const owner = { after };
const at = await place(owner);
const encrypted = await place(owner, { system: 'other' });
const authority = await withTls(encrypted);
await startServer(kind, at);
await startServer(kind, encrypted);

/** Gives a prepared server a certificate for `localhost`; returns the file of whoever signed it. */
async function withTls(where: ResourceAt): Promise<string> {
  const { dataFolder } = await kind.prepare(where);
  const [key, certificate] = ['server.key', 'server.crt'].map((name) => path.join(dataFolder, name));
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...name];
  execFileSync('openssl', [...request, '-keyout', key!, '-out', certificate!], { stdio: 'ignore' });
  appendFileSync(path.join(dataFolder, 'postgresql.auto.conf'), 'ssl = on\n');
  const copy = path.join(temporary(owner), 'authority.crt');
  execFileSync('cp', [certificate!, copy]);
  return copy;
}

function elsewhere(change: (url: URL) => void, real: ResourceAt = at): ResourceAt {
  const url = new URL(kind.bindings(real).DATABASE_URL!);
  change(url);
  return { ...real, folder: '/nowhere', port: 0, external: url.href };
}

/** Listens, and says what it is told to. */
async function listener(answer: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer((socket) => answer(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => server.close());
  return (server.address() as net.AddressInfo).port;
}

test('one that answers; its address is handed on as it is; nothing of it is Escale’s', async () => {
  const there = elsewhere(() => {});
  assert.equal(await kind.probe(there), null);
  assert.deepEqual(kind.bindings(there), { DATABASE_URL: there.external });
  assert.equal(await kind.size(there), null);
  await assert.rejects(kind.backup(there, '/nowhere/backup', 0), { code: 'resource-elsewhere' });
  await assert.rejects(kind.restore(there, '/nowhere/backup'), { code: 'resource-elsewhere' });
  await assert.rejects(kind.prepare(there), { code: 'resource-elsewhere' });
});

test('why it can’t be used, with host, port and database, and never the password', async () => {
  const port = await freePort();
  const silent = await listener(() => {});
  const closing = await listener((socket) => socket.destroy());
  const web = await listener((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const real = `127.0.0.1:${at.port}`;
  const expected: [(url: URL) => void, RegExp][] = [
    [(url) => (url.port = String(port)), new RegExp(`^nothing listens on 127.0.0.1:${port}$`)],
    [
      (url) => (url.hostname = 'nowhere.invalid'),
      /^the name nowhere\.invalid (is not known|can't be looked up now)$/,
    ],
    [(url) => (url.password = 'w%40r ong'), /^refuses the password of shop$/],
    [(url) => (url.password = ''), new RegExp(`^${real} wants a password, and there is none$`)],
    [(url) => (url.username = 'nobody'), /^refuses the password of nobody$/],
    [(url) => (url.pathname = '/nothing'), /^has no database nothing$/],
    [(url) => (url.pathname = '/postgres'), /^does not let shop in to postgres: permission denied/],
    [(url) => (url.search = '?sslmode=require'), new RegExp(`^${real} offers no TLS$`)],
    [
      (url) => (url.search = '?sslmode=maybe'),
      /^its address says sslmode=maybe, which is not one of libpq's$/,
    ],
    [(url) => (url.port = String(silent)), new RegExp(`^127.0.0.1:${silent} does not answer in time$`)],
    [(url) => (url.port = String(closing)), new RegExp(`^127.0.0.1:${closing} ended the connection$`)],
    [(url) => (url.port = String(web)), new RegExp(`^127.0.0.1:${web}`)],
  ];
  for (const [change, reason] of expected) {
    const there = elsewhere(change);
    const began = performance.now();
    const said = await kind.probe(there);
    assert.match(said ?? 'it answers', reason);
    assert.ok(performance.now() - began < 5000, said!);
    assert.ok(!said!.includes(new URL(kind.bindings(at).DATABASE_URL!).password), said!);
    const options = { write: false, limit: 1, timeoutMs: 1000 };
    await assert.rejects(kind.database!.query(there, 'SELECT 1', options), { code: 'database-away' });
  }
});

test('an address that is none', async () => {
  for (const external of ['postgres://', 'shop', 'mysql://shop:secret@localhost/shop', 'postgres://a:b@:x/'])
    assert.equal(
      await kind.probe({ ...at, external }),
      'its address can’t be read: it should look like postgres://user:password@host:5432/database',
    );
});

test('TLS as sslmode says', async () => {
  const modes: [string, string, string | null][] = [
    ['localhost', '', null],
    ['localhost', '?sslmode=disable', null],
    ['localhost', '?sslmode=require', null],
    ['localhost', '?sslmode=verify-full', `the certificate of localhost:${encrypted.port} can't be trusted`],
    ['localhost', `?sslmode=verify-full&sslrootcert=${authority}`, null],
    ['127.0.0.1', `?sslmode=verify-ca&sslrootcert=${authority}`, null],
    [
      '127.0.0.1',
      `?sslmode=verify-full&sslrootcert=${authority}`,
      `the certificate of 127.0.0.1:${encrypted.port} can't be trusted`,
    ],
  ];
  for (const [host, search, reason] of modes) {
    const there = elsewhere((url) => Object.assign(url, { hostname: host, search }), encrypted);
    assert.equal(await kind.probe(there), reason, search);
  }
  const there = elsewhere((url) => (url.hostname = 'localhost'), encrypted);
  const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
  const { rows } = await kind.database!.query(there, sql, { write: false, limit: 1, timeoutMs: 1000 });
  assert.deepEqual(rows, [['t']], 'TLS is taken where it is offered');
});

test('an application that takes all connections: probe says so, and people still can look', async (t) => {
  const clients: Client[] = [];
  t.after(() => Promise.all(clients.map((client) => client.end())));
  let reason = await kind.probe(at);
  for (; reason === null && clients.length < 200; reason = await kind.probe(at)) {
    const client = new Client(kind.bindings(at).DATABASE_URL);
    clients.push(client);
    await client.connect().catch(() => {});
  }
  assert.equal(reason, 'has no connection left: all that it allows are in use');
  const { rows } = await kind.database!.query(at, 'SELECT 1', { write: false, limit: 1, timeoutMs: 1000 });
  assert.deepEqual(rows, [['1']]);
});
