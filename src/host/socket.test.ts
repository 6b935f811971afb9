import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { EscaleError } from '../core/errors/index.ts';
import { connectSocket } from './socket-client.ts';
import { type Call, type RouteTable, serveSocket } from './socket-server.ts';

function socketPath(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-socket-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'a.sock');
}

async function serve(t: TestContext, routes: RouteTable) {
  const socket = socketPath(t);
  const server = await serveSocket(socket, routes);
  t.after(() => stop(server));
  return { server, socket, client: connectSocket(socket, 'The supervisor') };
}

function stop(server: http.Server): void {
  server.close();
  server.closeAllConnections();
}

const NEVER = new AbortController().signal;

async function take<T>(values: AsyncIterable<T>, into: T[] = []): Promise<T[]> {
  for await (const value of values) into.push(value);
  return into;
}

test('method, path parameters, query and body arrive; the answer comes back', async (t) => {
  const { client } = await serve(t, {
    'PUT /things/:name/of/:owner': async ({ params, query, body }: Call) => ({
      ...params,
      seen: query.get('seen'),
      body,
    }),
    'GET /nothing': async () => undefined,
  });
  const answer = await client.call('PUT', '/things/a%20b%2Fc/of/ada?seen=1', { text: 'é', list: [1, null] });
  assert.deepEqual(answer, { name: 'a b/c', owner: 'ada', seen: '1', body: { text: 'é', list: [1, null] } });
  assert.equal(await client.call('GET', '/nothing'), null);
});

test('only its owner may open the socket, and a stale file is in nobody’s way', async (t) => {
  const socket = socketPath(t);
  writeFileSync(socket, 'left by a crash');
  const before = process.umask();
  const server = await serveSocket(socket, {});
  t.after(() => stop(server));
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  assert.equal(process.umask(), before);
});

test('what a person can mend arrives as the error that it was', async (t) => {
  const details = { mistakes: [{ code: 'unknown-key' }] };
  const facts = { place: 'escale.yaml:3', next: 'Mend it.', details };
  const { client } = await serve(t, {
    'GET /a': async () => {
      throw new EscaleError('file-invalid', 'it has mistakes', facts);
    },
  });
  const error = await client.call('GET', '/a').catch((reason: unknown) => reason);
  assert.ok(error instanceof EscaleError);
  assert.deepEqual(
    [error.code, error.message, error.place, error.next, error.details, error.exitCode],
    ['file-invalid', 'it has mistakes', 'escale.yaml:3', 'Mend it.', details, 1],
  );
});

test('a bug stays a bug, with its stack', async (t) => {
  const { client } = await serve(t, {
    'GET /a': async () => {
      throw new TypeError('undefined is no function');
    },
  });
  const error = await client.call('GET', '/a').catch((reason: unknown) => reason);
  assert.ok(error instanceof Error && !(error instanceof EscaleError));
  assert.match(error.message, /^TypeError: undefined is no function\n +at /);
});

for (const [method, address] of [
  ['GET', '/unknown'],
  ['POST', '/a'],
  ['GET', '/a/b'],
])
  test(`no route: ${method} ${address}`, async (t) => {
    const { client } = await serve(t, { 'GET /a': async () => 1 });
    await assert.rejects(client.call(method!, address!), { code: 'route-unknown' });
  });

test('lines come as they are made; an error among them is thrown where it stands', async (t) => {
  const { client } = await serve(t, {
    'POST /lines': async ({ body }) =>
      (async function* () {
        yield body;
        yield { text: 'two\nlines' };
        throw new EscaleError('disk-full', 'no room');
      })(),
  });
  const seen: unknown[] = [];
  await assert.rejects(take(client.lines('/lines', NEVER, { first: true }), seen), { code: 'disk-full' });
  assert.deepEqual(seen, [{ first: true }, { text: 'two\nlines' }]);
});

test('a route of lines that refuses before the first one', async (t) => {
  const { client } = await serve(t, {
    'GET /lines': async () => {
      throw new EscaleError('system-unknown', 'no such system');
    },
  });
  await assert.rejects(take(client.lines('/lines', NEVER)), { code: 'system-unknown' });
});

test('lines end for a caller that leaves, and the handler sees it', async (t) => {
  const left = Promise.withResolvers<void>();
  const { client } = await serve(t, {
    'GET /lines': async ({ signal }) =>
      (async function* () {
        yield 1;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        left.resolve();
      })(),
  });
  const caller = new AbortController();
  const seen: unknown[] = [];
  for await (const line of client.lines('/lines', caller.signal)) {
    seen.push(line);
    caller.abort();
  }
  assert.deepEqual(seen, [1]);
  await left.promise;
});

test('a call that is aborted ends as that', async (t) => {
  const { client } = await serve(t, { 'GET /a': () => new Promise(() => {}) });
  const caller = new AbortController();
  const call = client.call('GET', '/a', undefined, caller.signal);
  setImmediate(() => caller.abort());
  await assert.rejects(call, { name: 'AbortError' });
});

test('what is written as it goes is read as it goes', async (t) => {
  const { client } = await serve(t, {
    'POST /echo': async ({ request, body }) =>
      (async function* () {
        yield { body };
        for await (const chunk of request) yield { chunk: String(chunk) };
      })(),
  });
  const { request, response } = client.open('/echo');
  request.flushHeaders();
  const seen: unknown[] = [];
  for await (const line of client.linesOf<{ body?: null; chunk?: string }>(response)) {
    seen.push(line);
    if (line.body === null) request.write('one');
    if (line.chunk === 'one') request.end('two');
  }
  assert.deepEqual(seen, [{ body: null }, { chunk: 'one' }, { chunk: 'two' }]);
});

const away = { code: 'process-away' };

test('nobody is there', async (t) => {
  const client = connectSocket(socketPath(t), 'The supervisor');
  await assert.rejects(client.call('GET', '/a'), {
    ...away,
    message: 'The supervisor does not answer (ENOENT)',
  });
  await assert.rejects(take(client.lines('/a', NEVER)), away);
});

test('it goes away before it answers', async (t) => {
  const socket = socketPath(t);
  const server = net.createServer((connection) => connection.once('data', () => connection.destroy()));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  t.after(() => server.close());
  const client = connectSocket(socket, 'The supervisor');
  await assert.rejects(client.call('GET', '/a'), away);
});

/** Answers a head and a part of the body, then dies as `kill -9` would let it. */
async function dying(t: TestContext, part: string) {
  const socket = socketPath(t);
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
  const chunk = `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`;
  const server = net.createServer((connection) =>
    connection.once('data', () => connection.write(head + chunk, () => connection.destroy())),
  );
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  t.after(() => server.close());
  return connectSocket(socket, 'The supervisor');
}

test('it goes away in the middle of an answer', async (t) => {
  const client = await dying(t, '{"half":');
  await assert.rejects(client.call('GET', '/a'), away);
});

test('it goes away in the middle of its lines: those that came are seen', async (t) => {
  const client = await dying(t, '{"line":1}\n{"li');
  const seen: unknown[] = [];
  await assert.rejects(take(client.lines('/a', NEVER), seen), away);
  assert.deepEqual(seen, [{ line: 1 }]);
});

test('it comes back on the same path: the next call reaches it', async (t) => {
  const { server, socket, client } = await serve(t, { 'GET /a': async () => 1 });
  assert.equal(await client.call('GET', '/a'), 1);
  stop(server);
  const second = await serveSocket(socket, { 'GET /a': async () => 2 });
  t.after(() => stop(second));
  assert.equal(await client.call('GET', '/a').catch(() => client.call('GET', '/a')), 2);
});
