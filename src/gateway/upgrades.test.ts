import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { answering, exchange, rawBackend, rawClient } from './testing/raw.ts';
import { HOST, instanceAt, isReady, type Stage, startStage } from './testing/stage.ts';

const DRAIN = { drain: { requestsMs: 5_000, upgradesMs: 20 } };

describe('upgrades', () => {
  let stage: Stage;
  before(async () => {
    stage = await startStage({ limits: { sweepMs: 10, lingerMs: 500, closeMs: 500 } });
  });
  after(() => stage.close());

  async function webSocketServer(
    id: string,
  ): Promise<{ sockets: WebSocketServer; port: number; close(): void }> {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await stage.apply([instanceAt(id, port)]);
    await stage.event(isReady(id));
    return { sockets, port, close: () => server.close(() => sockets.close()) };
  }

  function open(): WebSocket {
    return new WebSocket(`ws://127.0.0.1:${stage.port}/chat`, { headers: { Host: HOST } });
  }

  test('a WebSocket is spliced through; at its drain deadline both sides get a close frame 1001', async () => {
    const { sockets, port, close } = await webSocketServer('ws');
    sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${String(data)}`)));
    const connected = once(sockets, 'connection') as Promise<[WebSocket]>;
    const client = open();
    await once(client, 'open');
    const [atInstance] = await connected;
    client.send('hello');
    assert.equal(String((await once(client, 'message'))[0]), 'echo hello');
    const closes = Promise.all([once(client, 'close'), once(atInstance, 'close')]);
    await stage.apply([instanceAt('ws', port, 'out')], DRAIN);
    const codes = (await closes).map(([code]) => code as number);
    assert.deepEqual(codes, [1001, 1001]);
    const drained = await stage.event((event) => event.type === 'drained' && event.instance === 'ws');
    assert.equal(drained.type === 'drained' && drained.closedUpgrades, 1);
    close();
  });

  test('the close frame waits for the end of the frame that is under way', async () => {
    const backend = await rawBackend(
      (client) => {
        client.socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x82\x05hel',
          'latin1',
        );
      },
      { allowHalfOpen: true },
    );
    await stage.apply([instanceAt('raw', backend.port)]);
    await stage.event(isReady('raw'));
    const client = rawClient(stage.port);
    client.socket.write(
      `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    await client.until((text) => text.endsWith('\x82\x05hel'));
    await stage.apply([instanceAt('raw', backend.port, 'out')], DRAIN);
    // The direction to the instance is between two frames: its close frame (masked) comes at once.
    await backend.connections[0]!.until((text) => /\r\n\r\n\x88\x82[\s\S]{6}$/.test(text));
    backend.connections[0]!.socket.write('lo\x81\x01X', 'latin1');
    assert.ok((await client.closed).endsWith('\x82\x05hello\x88\x02\x03\xe9'));
    client.socket.destroy();
    backend.connections[0]!.socket.destroy();
    await backend.close();
  });

  test('another protocol is spliced, and ended at its deadline', async () => {
    const backend = await rawBackend((client) => {
      client.socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: own/1\r\n\r\nready',
      );
      client.socket.on('data', (data: Buffer) =>
        client.socket.write(data.toString().endsWith('ping') ? 'pong' : ''),
      );
    });
    await stage.apply([instanceAt('own', backend.port)]);
    await stage.event(isReady('own'));
    const client = rawClient(stage.port);
    client.socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: own/1\r\n\r\n`);
    await client.until((text) => text.endsWith('ready'));
    client.socket.write('ping');
    await client.until((text) => text.endsWith('readypong'));
    await stage.apply([instanceAt('own', backend.port, 'out')], DRAIN);
    assert.ok((await client.closed).endsWith('pong'));
    client.socket.destroy();
    await backend.connections[0]!.closed;
    await backend.close();
  });

  test('an instance may only accept the very protocol that was asked for', async () => {
    const backend = await answering(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n',
    );
    await stage.apply([instanceAt('other', backend.port)]);
    await stage.event(isReady('other'));
    const asked = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade, close\r\nUpgrade: own/1\r\n\r\n`;
    assert.match(await exchange(stage.port, asked), /^HTTP\/1\.1 502/);
    await backend.close();
  });

  test('a refused upgrade is an ordinary answer, and what was sent ahead is the next request', async () => {
    const backend = await rawBackend((client) => {
      client.socket.on('data', () => {});
      client.socket.write('HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n');
    });
    await stage.apply([instanceAt('no', backend.port)]);
    await stage.event(isReady('no'));
    const client = rawClient(stage.port);
    const asked = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777\r\n\r\n`;
    client.socket.write(`${asked}\x81\x05hello`);
    const text = await client.closed;
    assert.match(text, /^HTTP\/1\.1 426[\s\S]*HTTP\/1\.1 400/);
    assert.equal(backend.connections[0]!.text.includes('hello'), false);
    client.socket.destroy();
    await backend.close();
  });
});
