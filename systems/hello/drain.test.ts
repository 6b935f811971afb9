import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { connectRaw, startHello } from './testing/instance.ts';

for (const workers of ['1', '4']) {
  test(`SIGTERM under 50 kept-alive connections loses nothing (WORKERS=${workers})`, async (t) => {
    const hello = await startHello(t, { WORKERS: workers });
    const clients = Array.from({ length: 50 }, () => new Client(hello.port));
    const finished = Promise.all(clients.map((client) => client.runUntilClosed()));
    await Promise.all(clients.map((client) => client.warm.promise));
    hello.process.kill('SIGTERM');
    const statuses = (await finished).flat();
    assert.equal(await hello.exited, 0);
    assert.deepEqual([...new Set(statuses)], [200]);
    assert.ok(statuses.length > 50 * 20);
  });

  test(`SIGTERM: what is in flight finishes, meanwhile not ready (WORKERS=${workers})`, async (t) => {
    const hello = await startHello(t, { WORKERS: workers });
    const slow = await connectRaw(t, hello.port);
    slow.socket.write('GET /chunked/1 HTTP/1.1\r\nHost: a\r\n\r\n');
    const idle = await connectRaw(t, hello.port);
    idle.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const silent = await connectRaw(t, hello.port);
    await Promise.all([slow.until(/step 1\/10/), idle.until(/World!/)]);

    hello.process.kill('SIGTERM');
    assert.match(await idle.ended, /World!$/);
    assert.equal(await silent.ended, '');
    const ready = await fetch(`${hello.url}/readyz`);
    assert.equal(ready.status, 503);
    assert.equal(ready.headers.get('connection'), 'close');
    assert.match(await slow.ended, /step 10\/10[\s\S]*done[\s\S]*0\r\n\r\n$/);
    assert.equal(await hello.exited, 0);
  });

  test(`a second SIGTERM does not wait (WORKERS=${workers})`, async (t) => {
    const hello = await startHello(t, { WORKERS: workers });
    const slow = await connectRaw(t, hello.port);
    slow.socket.write('GET /chunked/60 HTTP/1.1\r\nHost: a\r\n\r\n');
    await slow.until(/step 1/);
    hello.process.kill('SIGTERM');
    while ((await fetch(`${hello.url}/readyz`)).status !== 503);
    hello.process.kill('SIGTERM');
    assert.equal(await hello.exited, 1);
    assert.match(await hello.errors, /second SIGTERM/);
  });
}

test('what is not done within the bound is cut', async (t) => {
  const hello = await startHello(t, { DRAIN_SECONDS: '1' });
  const slow = await connectRaw(t, hello.port);
  slow.socket.write('GET /chunked/60 HTTP/1.1\r\nHost: a\r\n\r\n');
  await slow.until(/step 1/);
  hello.process.kill('SIGTERM');
  assert.equal(await hello.exited, 1);
  assert.match(await hello.errors, /not done 1 s after SIGTERM/);
});

test('without connections SIGTERM ends it at once, with 0', async (t) => {
  const hello = await startHello(t);
  hello.process.kill('SIGTERM');
  assert.equal(await hello.exited, 0);
});

test('pipelined requests in flight at SIGTERM are all answered', async (t) => {
  const hello = await startHello(t);
  const { socket, until, ended } = await connectRaw(t, hello.port);
  const slow = 'GET /delay/0.3 HTTP/1.1\r\nHost: a\r\n\r\n';
  socket.write(`GET / HTTP/1.1\r\nHost: a\r\n\r\n${slow}${slow}`);
  await until(/World!/);
  hello.process.kill('SIGTERM');
  assert.equal((await ended).match(/\{"delay":0\.3\}/g)?.length, 2);
  assert.equal(await hello.exited, 0);
});

/** A client with one kept-alive connection, asking again as soon as it has an answer. */
class Client {
  warm = Promise.withResolvers<void>();
  #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** The statuses it got until an answer said that the connection closes; rejects on any error. */
  async runUntilClosed(): Promise<number[]> {
    const statuses: number[] = [];
    for (;;) {
      const answer = await this.#ask();
      statuses.push(answer.statusCode ?? 0);
      if (statuses.length === 20) this.warm.resolve();
      if (answer.headers.connection === 'close') return statuses;
    }
  }

  async #ask(): Promise<IncomingMessage> {
    const request = get({ host: '127.0.0.1', port: this.#port, path: '/', agent: this.#agent });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    assert.equal(await text(answer), 'Hello, World!');
    return answer;
  }
}
