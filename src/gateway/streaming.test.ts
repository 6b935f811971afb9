import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { closeServer, rawBackend, rawClient, statuses } from './testing/raw.ts';
import { HOST, instanceAt, isReady, type Stage, startStage } from './testing/stage.ts';

const MB = 1_048_576;

describe('streaming', () => {
  let stage: Stage;
  let version = 0;

  before(async () => {
    stage = await startStage({ limits: { sweepMs: 10, lingerMs: 50, halfClosedMs: 50 } });
  });
  after(() => stage.close());

  async function serve(port: number): Promise<void> {
    const id = `i${++version}`;
    await stage.apply([instanceAt(id, port)]);
    await stage.event(isReady(id));
  }

  test('a slow answer passes piece by piece, and ends when nobody listens any more', async () => {
    const backend = await rawBackend(() => {});
    await serve(backend.port);
    const client = rawClient(stage.port);
    client.socket.write(`GET /events HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    while (backend.connections.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const { socket } = backend.connections[0]!;
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
    await client.until((text) => text.endsWith('\r\n\r\n'));
    for (const word of ['one', 'two']) {
      socket.write(`3\r\n${word}\r\n`);
      await client.until((text) => text.endsWith(`3\r\n${word}\r\n`));
    }
    client.socket.destroy();
    await backend.connections[0]!.closed;
    await backend.close();
  });

  test('a stream of events holds up no drain, flows on, and ends as its instance ends it', async () => {
    const backend = await rawBackend(() => {});
    await serve(backend.port);
    const id = `i${version}`;
    const client = rawClient(stage.port);
    client.socket.write(`GET /events HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    while (backend.connections.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const { socket } = backend.connections[0]!;
    const isDrained = () => stage.events.some((event) => event.type === 'drained' && event.instance === id);
    await stage.apply([instanceAt(id, backend.port, 'out')]);
    assert.equal(isDrained(), false);
    const type = 'content-type:  Text/Event-Stream; charset=utf-8';
    socket.write(`HTTP/1.1 200 OK\r\n${type}\r\nTransfer-Encoding: chunked\r\n\r\n`);
    const drained = await stage.event((event) => event.type === 'drained' && event.instance === id);
    assert.deepEqual(drained.type === 'drained' && [drained.cutRequests, drained.closedUpgrades], [0, 0]);
    await stage.apply([]);
    socket.write('3\r\none\r\n0\r\n\r\n');
    await client.until((text) => text.endsWith('3\r\none\r\n0\r\n\r\n'));
    client.socket.destroy();
    await backend.close();
  });

  test('a client that goes away takes its request to the instance with it', async () => {
    const backend = await rawBackend(() => {});
    await serve(backend.port);
    const client = rawClient(stage.port);
    client.socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 9\r\n\r\nhi`);
    while (backend.connections.length === 0) await new Promise((resolve) => setImmediate(resolve));
    client.socket.destroy();
    await backend.connections[0]!.closed;
    await backend.close();
  });

  test('large bodies arrive whole both ways', async () => {
    const server = createServer((request, response) => request.pipe(response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await serve((server.address() as AddressInfo).port);
    const sent = randomBytes(24 * MB);
    const client = connect(stage.port, '127.0.0.1');
    const hash = createHash('sha256');
    client.write(
      `PUT / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${sent.length}\r\nConnection: close\r\n\r\n`,
    );
    client.write(sent);
    for await (const content of contents(client)) hash.update(content);
    assert.equal(hash.digest('hex'), createHash('sha256').update(sent).digest('hex'));
    server.closeAllConnections();
    await closeServer(server, []);
  });

  test('a client that does not read holds the instance back, and memory stays bounded', async () => {
    let written = 0;
    const block = Buffer.alloc(MB, 'x');
    const backend = await rawBackend(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n');
      const more = (): void => {
        do written += block.length;
        while (socket.write(block));
      };
      socket.on('drain', more);
      more();
    });
    await serve(backend.port);
    const before = process.memoryUsage().arrayBuffers;
    const client = connect(stage.port, '127.0.0.1');
    client.pause();
    client.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    // Everything has come to rest once nothing more is written for fifty turns in a row.
    for (let still = 0, last = -1; still < 50; last = written) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      still = written === last && written > 0 ? still + 1 : 0;
    }
    assert.ok(written < 64 * MB, `the instance could write ${written} bytes`);
    assert.ok(process.memoryUsage().arrayBuffers - before < 16 * MB);
    client.destroy();
    await backend.close();
  });

  test('an instance that does not read holds the client back', async () => {
    const backend = await rawBackend(({ socket }) => socket.pause());
    await serve(backend.port);
    const client = connect(stage.port, '127.0.0.1');
    client.on('error', () => {});
    client.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 1073741824\r\n\r\n`);
    const block = Buffer.alloc(MB);
    let written = 0;
    while (written < 256 * MB && client.write(block)) written += MB;
    for (let waits = 0; waits < 3; ) {
      const drained = await Promise.race([
        once(client, 'drain').then(() => true),
        new Promise((resolve) => setTimeout(resolve, 60, false)),
      ]);
      if (drained === true && written < 256 * MB) written += block.length;
      if (drained === true) client.write(block);
      else waits++;
    }
    assert.ok(written < 64 * MB, `the client could write ${written} bytes`);
    client.destroy();
    await backend.close();
  });

  test('an early answer reaches a client that is still sending', async () => {
    const backend = await rawBackend((client) => {
      client.socket.write('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n');
    });
    await serve(backend.port);
    const client = rawClient(stage.port);
    client.socket.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 10\r\n\r\nhello`);
    await client.until((text) => statuses(text).length === 1);
    client.socket.write(`worldGET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
    assert.deepEqual(statuses(await client.closed), [413, 413]);
    client.socket.destroy();
    assert.equal(backend.connections.length, 2, 'the first connection must not be used again');
    assert.ok(backend.connections[0]!.text.endsWith('helloworld'));
    await backend.close();
  });

  test('a slow head is 408, a body that stops is 408, an idle connection is closed', async () => {
    const limits = { sweepMs: 5, headMs: 30, bodyIdleMs: 30, idleMs: 30, lingerMs: 10 };
    const quick = await startStage({ limits });
    const backend = await rawBackend(() => {});
    await quick.apply([instanceAt('one', backend.port)]);
    await quick.event(isReady('one'));
    const outcome = async (send: string): Promise<number[]> => {
      const client = rawClient(quick.port);
      client.socket.write(send);
      const text = await client.closed;
      client.socket.destroy();
      return statuses(text);
    };
    assert.deepEqual(await outcome(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n`), [408]);
    assert.deepEqual(await outcome(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 5\r\n\r\nhe`), [408]);
    assert.deepEqual(await outcome(''), []);
    await quick.close();
    await backend.close();
  });

  test('an answer before the end of the body, and an instance that is gone then: the rest is thrown away', async () => {
    const server = createServer((request, response) => {
      // Nothing is read of the body: the client is held back until this end closes.
      response.end('enough', () => setTimeout(() => request.socket.destroy(), 20));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await serve((server.address() as AddressInfo).port);
    const client = connect(stage.port, '127.0.0.1');
    client.write(`POST / HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${32 * MB}\r\n\r\n`);
    const began = performance.now();
    client.resume();
    for (let sent = 0; sent < 32; sent++) if (!client.write(Buffer.alloc(MB))) await once(client, 'drain');
    assert.ok(performance.now() - began < 30_000);
    client.destroy();
    await closeServer(server, []);
  });

  test('pipelined requests of a client that never reads do not pile up answers', async () => {
    const block = 'x'.repeat(MB);
    let answered = 0;
    const server = createServer((_, response) => {
      answered++;
      response.end(block);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await serve((server.address() as AddressInfo).port);
    const client = connect(stage.port, '127.0.0.1');
    client.pause();
    client.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`.repeat(500));
    for (let still = 0, last = -1; still < 50; last = answered) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      still = answered === last && answered > 0 ? still + 1 : 0;
    }
    assert.ok(answered < 50, `${answered} answers were taken from the instance`);
    client.destroy();
    server.closeAllConnections();
    await closeServer(server, []);
  });
});

/** The content of one chunked answer, without its head and framing. */
async function* contents(socket: Socket): AsyncIterable<Buffer> {
  let bytes = Buffer.alloc(0);
  let inBody = false;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk]);
    for (;;) {
      const end = bytes.indexOf(inBody ? '\r\n' : '\r\n\r\n');
      if (end === -1) break;
      const size = inBody ? Number.parseInt(bytes.toString('latin1', 0, end), 16) : 0;
      if (inBody && bytes.length < end + 2 + size + 2) break;
      if (inBody) yield bytes.subarray(end + 2, end + 2 + size);
      bytes = bytes.subarray(inBody ? end + 2 + size + 2 : end + 4);
      inBody = true;
    }
  }
}
