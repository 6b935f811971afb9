import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import { readInto } from './read-buffer.ts';

/** What `accepted` receives, until its end. */
async function readAll(accepted: Socket): Promise<{ socket: Socket; text: string }> {
  let text = '';
  const socket = readInto(accepted, (buffer, length) => {
    text += buffer.toString('latin1', 0, length);
  });
  await once(socket, 'end');
  return { socket, text };
}

test("this node gives an accepted socket's handle away: the gateway would be slower without", async () => {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.end('x'.repeat(200_000));
  const [accepted] = (await once(server, 'connection')) as [Socket];
  const { socket, text } = await readAll(accepted);
  assert.notEqual(socket, accepted);
  assert.equal(socket.remoteAddress, '127.0.0.1');
  assert.equal(text, 'x'.repeat(200_000));
  const [closed, answer] = [once(socket, 'close'), once(client, 'data')];
  socket.end('answer');
  assert.equal(String((await answer)[0]), 'answer');
  await closed;
  await new Promise((resolve) => server.close(resolve));
});

test('a socket without a handle (TLS will be one) is read as it is', async () => {
  const [client, accepted] = duplexPair();
  assert.ok(accepted instanceof Duplex);
  accepted.pause();
  client.end('hello');
  const { socket, text } = await readAll(accepted as Socket);
  assert.equal(socket, accepted);
  assert.equal(text, 'hello');
});
