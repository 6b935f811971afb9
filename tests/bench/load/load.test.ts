import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { WebSocketServer } from 'ws';
import { type LoadOptions, type LoadResult, runLoad } from './index.ts';

async function listen(t: TestContext, server: Server): Promise<LoadOptions['target']> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, hostHeader: 'hello.localhost' };
}

/** Runs a load until the result so far is as wanted, then stops it. */
async function loadUntil(options: LoadOptions, enough: (result: LoadResult) => boolean): Promise<LoadResult> {
  const load = runLoad(options);
  while (!enough(load.snapshot())) await new Promise((resolve) => setImmediate(resolve));
  return load.stop();
}

const wellBehaved: RequestListener = async (request, response) => {
  assert.equal(request.headers.host, 'hello.localhost');
  if (request.url === '/echo') request.pipe(response);
  else if (request.url === '/chunked/1') {
    for (let step = 1; step <= 10; step++) {
      response.write(`step ${step}/10\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end('done\n');
  } else response.end('Hello, World!');
};

test('a server that behaves: every kind of request succeeds, in its share, at its rate', async (t) => {
  const server = createHttpServer(wellBehaved);
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (message, binary) => socket.send(message, { binary }));
  });
  let connections = 0;
  server.on('connection', () => connections++);
  const mix = { 'kept-alive': 70, 'new-connection': 10, echo: 15, chunked: 5 };
  const target = await listen(t, server);
  const options = { target, rate: 500, mix, websockets: 3 };
  const result = await loadUntil(options, ({ total, sockets }) => total.sent >= 400 && sockets.echoes >= 6);
  assert.deepEqual(result.failures, []);
  assert.equal(result.total.ok, result.total.sent);
  const sent = (name: keyof typeof mix) => result.byRequest[name]!.sent;
  const scheduled = result.total.sent - 3;
  for (const [name, share] of Object.entries(mix))
    assert.ok(Math.abs(sent(name as keyof typeof mix) - (scheduled * share) / 100) < 2, name);
  assert.ok(connections >= sent('new-connection') + 3 && connections < scheduled / 2);
  assert.equal(result.sockets.opened, 3);
  assert.deepEqual(
    result.sockets.ends.map(({ code, byClient }) => [code, byClient]),
    Array(3).fill([1000, true]),
  );
  assert.ok(result.total.latencyMs.p50 > 0 && result.total.latencyMs.p99 <= result.total.latencyMs.max);
});

const mischief: Record<string, (socket: Socket) => void> = {
  'status-502': (socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'),
  'reset-before-answer': (socket) => socket.resetAndDestroy(),
  truncated: (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello'),
  timeout: (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello'),
  'wrong-body': (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, Mars!!'),
  malformed: (socket) => socket.write('HTTP/1.1 fine\r\n\r\n'),
};

for (const [kind, misbehave] of Object.entries(mischief))
  test(`a server that misbehaves is found out: ${kind}`, async (t) => {
    const server = createServer((socket) => socket.once('data', () => misbehave(socket)));
    const target = await listen(t, server);
    const mix = { 'kept-alive': 1, 'new-connection': 1, chunked: 1, echo: 1 };
    // Only what never ends may run out of time: a machine that is busy is no mischief.
    const timeoutMs = kind === 'timeout' ? 50 : 30_000;
    const result = await loadUntil({ target, rate: 200, mix, timeoutMs }, ({ total }) => total.failed >= 8);
    assert.deepEqual(Object.keys(result.failuresByKind), [kind]);
    assert.equal(result.total.ok, 0);
    assert.equal(result.failures.length, result.total.sent);
    for (const failure of result.failures) {
      assert.equal(failure.idempotent, failure.request !== 'echo');
      assert.ok(failure.dueAt >= result.startedAt - 1 && failure.dueAt <= failure.at + 1);
    }
  });

test('ends of every other form before and inside an answer', async (t) => {
  for (const [kind, misbehave] of [
    ['reset-before-answer', (socket) => socket.end()],
    ['truncated', (socket) => socket.write('HTTP/1.1 200', () => socket.resetAndDestroy())],
    [
      'truncated',
      (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nd\r\nHello, World!\r\n'),
    ],
    ['malformed', (socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n')],
  ] as [string, (socket: Socket) => void][]) {
    const server = createServer((socket) => socket.once('data', () => misbehave(socket)));
    const target = await listen(t, server);
    const options = { target, rate: 200, mix: { 'kept-alive': 1 } };
    const result = await loadUntil(options, ({ total }) => total.failed >= 3);
    assert.deepEqual(Object.keys(result.failuresByKind), [kind]);
  }
});

test('nobody listens: refused, also for the WebSockets', async (t) => {
  const server = createServer();
  const target = await listen(t, server);
  server.close();
  await once(server, 'close');
  const options = { target, rate: 200, mix: { 'kept-alive': 1 }, websockets: 1 };
  const result = await loadUntil(options, ({ byRequest }) => (byRequest.websocket?.failed ?? 0) > 0);
  assert.deepEqual(Object.keys(result.failuresByKind), ['refused']);
  assert.equal(result.byRequest.websocket?.ok, 0);
});

test('an echo that is changed by one byte is a wrong body', async (t) => {
  const server = createHttpServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request));
    body[body.length - 1]! ^= 1;
    response.end(body);
  });
  const target = await listen(t, server);
  const result = await loadUntil({ target, rate: 100, mix: { echo: 1 } }, ({ total }) => total.failed >= 3);
  assert.deepEqual(Object.keys(result.failuresByKind), ['wrong-body']);
});

test('a connection that the server closes while it is idle is no failure', async (t) => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, World!');
      setImmediate(() => socket.end());
    });
  });
  const target = await listen(t, server);
  const options = { target, rate: 20, mix: { 'kept-alive': 1 } };
  const result = await loadUntil(options, ({ total }) => total.ok >= 5);
  assert.deepEqual(result.failures, []);
  assert.equal(connections, result.total.sent);
});

test('WebSockets: a close frame and an abrupt end are told apart, a refusal is a failure', async (t) => {
  const server = createHttpServer();
  const wss = new WebSocketServer({ noServer: true });
  let count = 0;
  server.on('upgrade', (request, socket, head) => {
    const turn = count++;
    if (turn === 2) return socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
    wss.handleUpgrade(request, socket, head, (client) => {
      if (turn === 0) client.close(1001, 'going away');
      else if (turn === 1) client.terminate();
      else client.on('message', () => client.send('something else'));
    });
  });
  server.on('request', wellBehaved);
  const options = { target: await listen(t, server), rate: 10, mix: { 'kept-alive': 1 }, websockets: 1 };
  const result = await loadUntil(options, ({ failuresByKind }) => failuresByKind['wrong-body'] === 1);
  const ends = result.sockets.ends.map(({ code, reason, byClient }) => [code, reason, byClient]);
  assert.deepEqual(ends, [
    [1001, 'going away', false],
    [1006, '', false],
    [1000, '', true],
  ]);
  assert.deepEqual(result.failuresByKind, { 'status-503': 1, 'wrong-body': 1 });
});

test('latency counts from when a request was due; beyond the bound requests are not sent', async (t) => {
  const held: (() => void)[] = [];
  const server = createHttpServer((_request, response) => held.push(() => response.end('Hello, World!')));
  const target = await listen(t, server);
  const load = runLoad({ target, rate: 100, mix: { 'kept-alive': 1 }, maxInFlight: 5 });
  while ((load.snapshot().failuresByKind['not-sent'] ?? 0) < 20 || held.length < 5)
    await new Promise((resolve) => setImmediate(resolve));
  const stopped = load.stop();
  for (const release of held) release();
  const result = await stopped;
  assert.equal(result.total.ok, 5);
  assert.ok(
    result.total.latencyMs.p50 >= 200,
    'the first five waited for twenty more to be due, 10 ms apart',
  );
});
