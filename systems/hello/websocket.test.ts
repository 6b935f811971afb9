import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { connectRaw, startHello } from './testing/instance.ts';

test('a WebSocket gets back what it sends, text as text and bytes as bytes', async (t) => {
  const { port } = await startHello(t);
  const client = new WebSocket(`ws://127.0.0.1:${port}/ws/echo`);
  await once(client, 'open');
  client.send('héllo');
  assert.deepEqual(await once(client, 'message'), [Buffer.from('héllo'), false]);
  client.send(Buffer.alloc(100_000, 7));
  assert.deepEqual(await once(client, 'message'), [Buffer.alloc(100_000, 7), true]);
  client.close(1000);
  assert.equal((await once(client, 'close'))[0], 1000);
});

test('SIGTERM: a WebSocket is told 1001 and the process exits 0', async (t) => {
  const hello = await startHello(t);
  const client = new WebSocket(`ws://127.0.0.1:${hello.port}/ws/echo`);
  await once(client, 'open');
  hello.process.kill('SIGTERM');
  assert.equal((await once(client, 'close'))[0], 1001);
  assert.equal(await hello.exited, 0);
});

test('SIGTERM: a WebSocket that does not answer the close is cut, and the process exits 0', async (t) => {
  const hello = await startHello(t);
  const { socket, until, ended } = await connectRaw(t, hello.port);
  socket.write(
    'GET /ws/echo HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
  );
  await until(/101 Switching Protocols[\s\S]*\r\n\r\n/);
  hello.process.kill('SIGTERM');
  assert.equal(await hello.exited, 0);
  assert.ok((await ended).includes('\x88\x0c\x03\xe9going away'));
});

test('an upgrade to anything else is answered as if it were not asked for', async (t) => {
  const { port } = await startHello(t);
  const { socket, until } = await connectRaw(t, port);
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n');
  assert.match(await until(/World!$/), /^HTTP\/1\.1 200 OK/);
});

test('with faults on a WebSocket is refused with 500', async (t) => {
  const { port, url } = await startHello(t, { HELLO_FAULTS: '1' });
  await fetch(`${url}/fault_injection/enable`, { method: 'POST' });
  const client = new WebSocket(`ws://127.0.0.1:${port}/ws/echo`);
  const [error] = await once(client, 'error').catch((reason) => [reason]);
  assert.match(String(error), /500/);
});
