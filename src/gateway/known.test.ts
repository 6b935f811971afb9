import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answering, type RawBackend, type RawClient, rawClient } from './testing/raw.ts';
import { HOST, instanceAt, isReady, SERVICE, type Stage, startStage } from './testing/stage.ts';

const GET = `GET /same HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;

/** An answer whose body is the request as the instance got it. */
function echo(request: string, fields = ''): string {
  return `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${request.length}\r\n\r\n${request}`;
}

/** Sends `request` and gives what comes until a text that ends with `end`. */
async function ask(client: RawClient, request: string, end: RegExp): Promise<string> {
  const before = client.text.length;
  client.socket.write(request, 'latin1');
  await client.until((text) => end.test(text.slice(before)));
  return client.text.slice(before);
}

describe('a client that repeats itself', () => {
  let stage: Stage;
  let backend: RawBackend;
  let other: RawBackend;
  let answer: (request: string) => string;

  before(async () => {
    backend = await answering((request) => answer(request));
    other = await answering((request) => echo(request, 'X-From: other\r\n'));
    stage = await startStage();
  });

  after(async () => {
    await stage.close();
    await backend.close();
    await other.close();
  });

  async function routed(prefix = '/'): Promise<RawClient> {
    answer = echo;
    const routes = [{ host: HOST, prefix, service: SERVICE }];
    await stage.apply([instanceAt('one', backend.port)], {}, { routes });
    await stage.event(isReady('one'));
    return rawClient(stage.port);
  }

  test('has an id of its own for each request, and else the same head', async () => {
    const client = await routed();
    const ids = new Set<string>();
    const heads = new Set<string>();
    for (let count = 0; count < 4; count++) {
      const seen = await ask(client, GET, /\r\n\r\nGET [\s\S]*\r\n\r\n$/);
      ids.add(/X-Request-Id: (\S+)/.exec(seen)![1]!);
      heads.add(seen.replace(/X-Request-Id: \S+/, ''));
    }
    assert.equal(ids.size, 4);
    assert.equal(heads.size, 1);
    client.socket.destroy();
  });

  test('is routed by the table of the moment', async () => {
    const client = await routed();
    const end = /\r\n\r\nGET [\s\S]*\r\n\r\n$/;
    for (let count = 0; count < 3; count++) assert.match(await ask(client, GET, end), /\nGET \/same HTTP/);
    await stage.apply(
      [instanceAt('one', backend.port)],
      {},
      { routes: [{ host: HOST, prefix: '/same', service: SERVICE }] },
    );
    assert.match(await ask(client, GET, end), /\nGET \/ HTTP[\s\S]*X-Forwarded-Prefix: \/same/);
    await stage.apply([instanceAt('one', backend.port)], {}, { routes: [] });
    assert.match(await ask(client, GET, /\.\n$/), /^HTTP\/1\.1 404 /);
    await stage.apply([instanceAt('two', other.port)], {});
    await stage.event(isReady('two'));
    assert.match(await ask(client, GET, end), /X-From: other/);
    client.socket.destroy();
  });

  test('gets the answer of the moment: status, fields, framing, body', async () => {
    const client = await routed();
    const answers = [
      'HTTP/1.1 200 OK\r\nDate: a\r\nContent-Length: 3\r\n\r\nend',
      'HTTP/1.1 200 OK\r\nDate: a\r\nContent-Length: 3\r\n\r\nEnd',
      'HTTP/1.1 200 OK\r\nDate: b\r\nContent-Length: 3\r\n\r\nend',
      'HTTP/1.1 404 OK\r\nDate: b\r\nContent-Length: 3\r\n\r\nend',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nend\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nDate: a\r\nContent-Length: 3\r\n\r\nend',
    ];
    for (const text of [...answers, ...answers]) {
      answer = () => text;
      assert.equal(await ask(client, GET, /end\r\n0\r\n\r\n$|End$|end$/), text);
    }
    client.socket.destroy();
  });

  test('gets no body to HEAD, with the head that GET was answered with', async () => {
    const client = await routed();
    answer = (request) =>
      `HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n${request.startsWith('HEAD') ? '' : 'end'}`;
    for (let count = 0; count < 3; count++) {
      assert.match(await ask(client, GET, /end$/), /Content-Length: 3\r\n\r\nend$/);
      assert.match(await ask(client, GET.replace('GET', 'HEAD'), /\r\n\r\n$/), /Content-Length: 3\r\n\r\n$/);
    }
    client.socket.destroy();
  });

  test('may send other bodies after the same head', async () => {
    const client = await routed();
    answer = () => 'HTTP/1.1 204 No Content\r\n\r\n';
    const head = `POST / HTTP/1.1\r\nHost: ${HOST}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`;
    for (const body of ['one.', 'two.', '\r\n\r\n', 'GET ']) {
      await ask(client, head, /100 Continue/);
      await ask(client, body, /204 No Content\r\n\r\n$/);
      const got = backend.connections.map(({ text }) => text).join('');
      assert.ok(got.includes(`\r\n\r\n${body}`));
    }
    client.socket.destroy();
  });
});
