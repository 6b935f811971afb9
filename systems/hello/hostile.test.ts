import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectRaw, exchangeRaw, startHello } from './testing/instance.ts';

const refused: Record<string, [request: string, status: number]> = {
  'not HTTP': ['hello?\r\n\r\n', 400],
  'a header of 100 kB': [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
  'a malformed percent-encoding': ['GET /%E0%A4 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400],
  'no host': ['GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  'length with chunked': [
    'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  'a target that is no path': ['OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 400],
  'an unknown method': ['BREW / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
};

for (const [what, [request, status]] of Object.entries(refused))
  test(`${what} is ${status}, and the service goes on`, async (t) => {
    const { port, url } = await startHello(t);
    assert.match(await exchangeRaw(t, port, request), new RegExp(`^HTTP/1\\.1 ${status} `));
    assert.equal((await fetch(url)).status, 200);
  });

test('HTTP/1.0 is answered and closed', async (t) => {
  const { port } = await startHello(t);
  assert.match(await exchangeRaw(t, port, 'GET / HTTP/1.0\r\n\r\n'), /^HTTP\/1\.1 200[\s\S]*Hello, World!$/);
  const chunked = await exchangeRaw(t, port, 'GET /chunked/0 HTTP/1.0\r\n\r\n');
  assert.match(chunked, /\r\n\r\nstep 1\/1\ndone\n$/);
});

test('pipelined requests are answered in their order', async (t) => {
  const { port } = await startHello(t);
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n`;
  const all = await exchangeRaw(
    t,
    port,
    `${get('/delay/0.05')}\r\n${get('/')}\r\n${get('/version')}Connection: close\r\n\r\n`,
  );
  assert.match(all, /\{"delay":0\.05\}[\s\S]*Hello, World![\s\S]*"version":"1\.0\.0"/);
});

test('a client that leaves in the middle of a body or an answer is no error', async (t) => {
  const { port, url, process: child, errors } = await startHello(t);
  const sender = await connectRaw(t, port);
  sender.socket.write('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
  const reader = await connectRaw(t, port);
  reader.socket.write('GET /chunked/30 HTTP/1.1\r\nHost: a\r\n\r\n');
  await reader.until(/step 1/);
  sender.socket.destroy();
  reader.socket.destroy();
  assert.equal((await fetch(url)).status, 200);
  child.kill('SIGTERM');
  assert.equal(await errors, '');
});

for (const [name, value] of [
  ['PORT', 'http'],
  ['PORT', '70000'],
  ['WORKERS', '0'],
  ['DRAIN_SECONDS', '-1'],
] as const)
  test(`${name}=${value} is refused by name`, async (t) => {
    await assert.rejects(startHello(t, { [name]: value }), new RegExp(`exit 1: .*${name}: expected`));
  });
