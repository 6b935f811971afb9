import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { livenessProblem } from './liveness.ts';

async function serve(t: TestContext, server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as net.AddressInfo).port;
}

const ask = (port: number, timeoutMs = 5000) =>
  livenessProblem({ host: '127.0.0.1', port, path: '/livez', timeoutMs });

const STATUSES: [number, string | null][] = [
  [200, null],
  [204, null],
  [302, null],
  [399, null],
  [400, 'GET /livez answered 400'],
  [404, 'GET /livez answered 404'],
  [503, 'GET /livez answered 503'],
];

for (const [status, problem] of STATUSES)
  test(`an answer of ${status} is ${problem === null ? 'alive' : 'not alive'}`, async (t) => {
    const paths: (string | undefined)[] = [];
    const server = http.createServer((request, response) => {
      paths.push(`${request.method} ${request.url}`);
      response.writeHead(status).end();
    });
    assert.equal(await ask(await serve(t, server)), problem);
    assert.deepEqual(paths, ['GET /livez']);
  });

test('nobody listens', async (t) => {
  const server = net.createServer();
  const port = await serve(t, server);
  server.close();
  await once(server, 'close');
  assert.equal(await ask(port), `GET /livez: connect ECONNREFUSED 127.0.0.1:${port}`);
});

test('a connection that is cut', async (t) => {
  const port = await serve(
    t,
    net.createServer((socket) => socket.destroy()),
  );
  assert.match((await ask(port))!, /^GET \/livez: (socket hang up|read ECONNRESET)$/);
});

test('no HTTP', async (t) => {
  const port = await serve(
    t,
    net.createServer((socket) => socket.end('hello\r\n')),
  );
  assert.match((await ask(port))!, /^GET \/livez: Parse Error/);
});

test('silence ends at the deadline', async (t) => {
  const port = await serve(
    t,
    net.createServer(() => {}),
  );
  assert.equal(await ask(port, 50), 'GET /livez: no answer within 50 ms');
});

test('a head that trickles ends at the deadline, too', async (t) => {
  const server = net.createServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write('X-A: b\r\n'), 10);
    socket.on('close', () => clearInterval(timer));
  });
  assert.equal(await ask(await serve(t, server), 100), 'GET /livez: no answer within 100 ms');
});

test('the connection is gone afterwards, also when the body never ends', { timeout: 20_000 }, async (t) => {
  const server = http.createServer((_request, response) => void response.writeHead(200).write('…'));
  const closed = once(server, 'connection').then(([socket]) => once(socket, 'close'));
  assert.equal(await ask(await serve(t, server), 300), null);
  await closed;
});
