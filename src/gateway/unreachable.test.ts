import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { answering, exchange, type RawBackend, rawBackend, rawClient, statuses } from './testing/raw.ts';
import { HOST, instanceAt, isReady, type Stage, startStage } from './testing/stage.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const GET = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`;
const POST = `POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi`;
const PROBE = { path: null, intervalMs: 60_000, timeoutMs: 1_000, failures: 3, stableMs: 0 };

/** Takes requests and answers none. Whoever stops it leaves an address from which nothing comes back once its queue is full. */
const SILENT = `require('node:net').createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => console.log('asked'));
}).listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port); });`;

let stage: Stage;
let silent: ChildProcess;
let other: RawBackend;
const queued: Socket[] = [];

beforeEach(async () => {
  stage = await startStage({ limits: { sweepMs: 10, closeMs: 100, connectMs: 300, lostMs: 2_000 } });
  silent = spawn(process.execPath, ['-e', SILENT], { stdio: ['ignore', 'pipe', 'inherit'] });
  other = await answering(OK);
});

afterEach(async () => {
  silent.kill('SIGKILL');
  for (const socket of queued.splice(0)) socket.destroy();
  await stage.close();
  await other.close();
});

/** Two instances; the first waits for an answer of the silent one, which then is gone like a machine without power. */
async function goneWhileAsked(request: string): Promise<{ answer: Promise<string> }> {
  const port = Number(String((await once(silent.stdout!, 'data'))[0]));
  await stage.apply([instanceAt('silent', port)], { probe: PROBE });
  await stage.event(isReady('silent'));
  const answer = exchange(stage.port, request);
  await once(silent.stdout!, 'data');
  silent.kill('SIGSTOP');
  for (let count = 0; count < 3; count++) queued.push(connect(port, '127.0.0.1').on('error', () => {}));
  await stage.apply([instanceAt('silent', port), instanceAt('other', other.port)], { probe: PROBE });
  await stage.event(isReady('other'));
  return { answer };
}

describe('an instance whose machine is gone', () => {
  test('the first connection that fails takes it out, and what waits for its answer goes elsewhere', async () => {
    const { answer } = await goneWhileAsked(GET);
    // Whichever is tried first: two requests beside each other reach both.
    const others = [POST, POST].map((request) => exchange(stage.port, request));
    for (const text of await Promise.all([answer, ...others])) assert.deepEqual(statuses(text), [200]);
    const { instances, services } = await stage.traffic.status();
    assert.equal(instances.find(({ id }) => id === 'silent')!.readiness, 'unready');
    assert.equal(services[0]!.gatewayErrors, 0);
  });

  test('a POST that was sent there is not sent again; it is waited for a while', async () => {
    const { answer } = await goneWhileAsked(POST);
    const others = [GET, GET].map((request) => exchange(stage.port, request));
    for (const text of await Promise.all(others)) assert.deepEqual(statuses(text), [200]);
    assert.equal((await stage.traffic.status()).services[0]!.inFlight, 1);
    assert.equal(other.connections.filter(({ text }) => text.startsWith('POST')).length, 0);
    assert.deepEqual(statuses(await answer), [502]);
  });
});

test('an instance that comes back in time keeps what it carries', async () => {
  const { answer } = await goneWhileAsked(POST);
  await Promise.all([GET, GET].map((request) => exchange(stage.port, request)));
  silent.kill('SIGCONT');
  for (const socket of queued.splice(0)) socket.destroy();
  await stage.event(isReady('silent'));
  await pause(2_100);
  assert.equal((await stage.traffic.status()).services[0]!.inFlight, 1);
  silent.kill('SIGKILL');
  assert.deepEqual(statuses(await answer), [502]);
});

test('an instance that rests takes nothing new, keeps what it has, and is probed when it is back', async () => {
  await stage.apply([instanceAt('other', other.port)], { probe: PROBE });
  await stage.event(isReady('other'));
  await stage.apply([instanceAt('other', other.port, 'rest')], {
    probe: PROBE,
    hold: { timeoutMs: 30, max: 10 },
  });
  assert.deepEqual(statuses(await exchange(stage.port, GET)), [503]);
  assert.ok(!stage.events.some(({ type }) => type === 'drained'));
  await stage.apply([instanceAt('other', other.port)], { probe: PROBE });
  assert.deepEqual(statuses(await exchange(stage.port, GET)), [200]);
});

test('whoever asks by an address gets the routes of `*`; a name that nobody has does not', async () => {
  await stage.apply(
    [instanceAt('other', other.port)],
    {},
    {
      routes: [{ host: '*', prefix: '/', service: 'local/app/web' }],
    },
  );
  await stage.event(isReady('other'));
  const status = async (host: string) => statuses(await exchange(stage.port, GET.replace(HOST, host)))[0];
  assert.deepEqual(
    await Promise.all(['10.0.0.7:30080', '[::1]:80', '127.0.0.1', 'other.test', 'localhost'].map(status)),
    [200, 200, 200, 404, 404],
  );
});

test('a connection that was promised the next request keeps it, whatever came in between', async () => {
  const slow = await rawBackend(({ socket }) => {
    socket.write(OK.slice(0, -1));
    socket.on('data', () => socket.write(OK));
  });
  await stage.apply([instanceAt('slow', slow.port)]);
  await stage.event(isReady('slow'));
  const request = GET.replace('Connection: close\r\n', '');
  const client = rawClient(stage.port);
  client.socket.write(request);
  await client.until((text) => text.endsWith('o'));
  stage.gateway.retire();
  slow.connections[0]!.socket.write('k');
  await client.until((text) => text.endsWith('ok'));
  client.socket.write(request);
  const text = await client.closed;
  assert.deepEqual(statuses(text), [200, 200]);
  assert.match(text, /ok[\s\S]*connection: close[\s\S]*ok$/i);
  await slow.close();
});

test('a gateway that retires still takes connections, and ends each with its answer', async () => {
  await stage.apply([instanceAt('other', other.port)]);
  await stage.event(isReady('other'));
  const request = GET.replace('Connection: close\r\n', '');
  const kept = rawClient(stage.port);
  kept.socket.write(request);
  await kept.until((text) => text.endsWith('ok'));
  stage.gateway.retire();
  kept.socket.write(request);
  assert.match(await kept.closed, /200 OK[\s\S]*200 OK\r\n[\s\S]*connection: close/i);
  assert.match(await exchange(stage.port, request), /200 OK[\s\S]*connection: close/i);
});
