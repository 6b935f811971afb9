import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answering, exchange, rawBackend, rawClient, statuses } from './testing/raw.ts';
import { type Recorder, startRecorder } from './testing/recorder.ts';
import { HOST, instanceAt, isReady, SERVICE, type Stage, startStage } from './testing/stage.ts';

const CLOSE = 'Connection: close\r\n\r\n';

function get(path: string, fields = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n${fields}${CLOSE}`;
}

describe('what an instance is sent', () => {
  let stage: Stage;
  let recorder: Recorder;

  before(async () => {
    recorder = await startRecorder();
    stage = await startStage();
    const routes = ['/', '/api', '/api/v2'].map((prefix) => ({ host: HOST, prefix, service: SERVICE }));
    routes.push({ host: '*.wild.localhost', prefix: '/', service: SERVICE });
    await stage.apply([instanceAt('one', recorder.port)], {}, { routes });
    await stage.event(isReady('one'));
  });

  after(async () => {
    await stage.close();
    await recorder.close();
  });

  async function seen(send: string): Promise<Recorder['requests'][number]> {
    recorder.forget();
    assert.deepEqual(statuses(await exchange(stage.port, send)), [200]);
    return recorder.requests[0]!;
  }

  for (const [path, target, prefix] of [
    ['/x', '/x', undefined],
    ['/apix', '/apix', undefined],
    ['/api', '/', '/api'],
    ['/api?q=1', '/?q=1', '/api'],
    ['/api/', '/', '/api'],
    ['/api/x/y?z', '/x/y?z', '/api'],
    ['/api/v2/x', '/x', '/api/v2'],
    ['/api/v20/x', '/v20/x', '/api'],
    ['/%61pi/x', '/x', '/api'],
    ['/api%2fx', '/api%2fx', undefined],
    ['/a//api', '/a//api', undefined],
  ] as const) {
    test(`prefix: ${path} becomes ${target}`, async () => {
      const request = await seen(get(path));
      assert.equal(request.target, target);
      assert.equal(request.headers['x-forwarded-prefix'], prefix);
    });
  }

  test('a cut that would leave // is refused', async () => {
    assert.deepEqual(statuses(await exchange(stage.port, get('/api//evil.example'))), [400]);
  });

  test('a wildcard host, in any case, with port and root dot', async () => {
    const request = await seen(`GET / HTTP/1.1\r\nHost: A.b.WILD.localhost.:8080\r\n${CLOSE}`);
    assert.equal(request.headers['x-forwarded-host'], 'A.b.WILD.localhost.:8080');
  });

  test('an unknown host is 404 and nobody sees it', async () => {
    recorder.forget();
    const text = await exchange(stage.port, `GET / HTTP/1.1\r\nHost: nobody.localhost\r\n${CLOSE}`);
    assert.match(text, /^HTTP\/1\.1 404 [\s\S]*No application is served at nobody\.localhost\./);
    assert.equal(recorder.requests.length, 0);
  });

  test("the client's own word on forwarding counts for nothing", async () => {
    const lies = [
      'X-Forwarded-For',
      'x-forwarded-proto',
      'X-FORWARDED-HOST',
      'X-Forwarded-Prefix',
      'X-Forwarded-Port',
      'Forwarded',
      'X-Real-IP',
      'Proxy',
      'X_Forwarded_For',
      'X-Original-URL',
    ];
    const { headers } = await seen(get('/', lies.map((name) => `${name}: lie\r\n`).join('')));
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.equal(headers['x-forwarded-host'], HOST);
    assert.ok(!JSON.stringify(headers).includes('lie'));
  });

  test('hop-by-hop fields end here, the others pass', async () => {
    const { headers } = await seen(
      `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Authorization: x\r\nTE: gzip\r\nX-Stays: yes\r\ntraceparent: 00-a-b-01\r\n\r\n`,
    );
    for (const name of ['x-hop', 'keep-alive', 'proxy-authorization', 'te'])
      assert.equal(headers[name], undefined);
    assert.equal(headers['x-stays'], 'yes');
    assert.equal(headers.traceparent, '00-a-b-01');
  });

  test('a good request id is kept, a bad one replaced', async () => {
    assert.equal((await seen(get('/', 'X-Request-Id: abc-1\r\n'))).headers['x-request-id'], 'abc-1');
    assert.match(
      (await seen(get('/', 'X-Request-Id: a b"\r\n'))).headers['x-request-id'] as string,
      /^[0-9a-f]{12}-/,
    );
    assert.match((await seen(get('/'))).headers['x-request-id'] as string, /^[0-9a-f]{12}-/);
  });

  test('trailers pass', async () => {
    const request = await seen(
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\nConnection: close\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 9\r\n\r\n`,
    );
    assert.equal(request.body, 'hi');
    assert.deepEqual({ ...request.trailers }, { 'x-sum': '9' });
  });

  test('Expect: 100-continue is answered by the gateway, and the instance sees no expectation', async () => {
    recorder.forget();
    const client = rawClient(stage.port);
    client.socket.write(
      `POST / HTTP/1.1\r\nHost: ${HOST}\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n`,
    );
    await client.until((text) => text.startsWith('HTTP/1.1 100 Continue\r\n\r\n'));
    client.socket.write('hi');
    assert.deepEqual(statuses(await client.closed), [100, 200]);
    client.socket.destroy();
    assert.equal(recorder.requests[0]!.headers.expect, undefined);
    assert.equal(recorder.requests[0]!.body, 'hi');
  });

  test('a half-closed client gets its answer', async () => {
    const client = rawClient(stage.port);
    client.socket.end(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\nGET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    assert.deepEqual(statuses(await client.closed), [200, 200]);
    client.socket.destroy();
  });
});

describe('what a client is answered', () => {
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage.close());

  let count = 0;
  /** Answers of one backend that says `answer` to everything, to `requests` sent in one go. */
  async function relayed(answer: string, requests: string): Promise<string> {
    const backend = await answering(answer);
    const id = `i${++count}`;
    await stage.apply([instanceAt(id, backend.port)]);
    await stage.event(isReady(id));
    const text = await exchange(stage.port, requests);
    await backend.close();
    return text;
  }

  const KEEP = `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
  const OLD = `GET / HTTP/1.0\r\nHost: ${HOST}\r\n\r\n`;
  const bodyOf = (text: string): string => text.slice(text.indexOf('\r\n\r\n') + 4);

  test("an instance's Connection: close does not close the client's connection", async () => {
    const text = await relayed(
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi',
      KEEP + get('/'),
    );
    assert.deepEqual(statuses(text), [200, 200]);
  });

  test('HEAD, 204 and 304 have no body, whatever they say of its length', async () => {
    const head = await relayed(
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
      `HEAD / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n${get('/').replace('GET', 'HEAD')}`,
    );
    assert.deepEqual(statuses(head), [200, 200]);
    assert.equal(head.match(/Content-Length: 5/g)?.length, 2);
    assert.deepEqual(
      statuses(await relayed('HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', KEEP + get('/'))),
      [304, 304],
    );
    assert.deepEqual(
      statuses(await relayed('HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', KEEP + get('/'))),
      [204, 204],
    );
  });

  test('103 passes, 100 of an instance does not; HTTP/1.0 gets neither', async () => {
    const answer =
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
    assert.deepEqual(statuses(await relayed(answer, get('/'))), [103, 200]);
    assert.deepEqual(statuses(await relayed(answer, OLD)), [200]);
  });

  test('chunks and trailers pass as they are', async () => {
    const text = await relayed(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 9\r\n\r\n',
      get('/'),
    );
    assert.equal(bodyOf(text), '2\r\nhi\r\n0\r\nX-Sum: 9\r\n\r\n');
  });

  test('HTTP/1.0 gets chunks decoded, and the end by closing', async () => {
    const text = await relayed(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3\r\n you\r\n0\r\n\r\n'.replace(
        '3\r\n you',
        '4\r\n you',
      ),
      OLD,
    );
    assert.equal(bodyOf(text), 'hi you');
    assert.match(text, /Connection: close/);
    assert.doesNotMatch(text, /Transfer-Encoding/i);
  });

  test('HTTP/1.0 with keep-alive is kept alive', async () => {
    const asked = `GET / HTTP/1.0\r\nHost: ${HOST}\r\nConnection: keep-alive\r\n\r\n`;
    const text = await relayed('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi', asked + OLD);
    assert.deepEqual(statuses(text), [200, 200]);
    assert.match(text, /Connection: keep-alive[\s\S]*Connection: close/);
  });

  test('a body that ends with the connection reaches HTTP/1.1 in chunks, so that its end is known', async () => {
    const backend = await rawBackend((client) =>
      client.socket.end('HTTP/1.0 200 OK\r\nServer: old\r\n\r\nhello'),
    );
    await stage.apply([instanceAt('old', backend.port)]);
    await stage.event(isReady('old'));
    const text = await exchange(stage.port, KEEP + get('/'));
    await backend.close();
    assert.deepEqual(statuses(text), [200, 200]);
    assert.match(text, /Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n/);
  });

  for (const [name, answer] of [
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    [
      'length and chunked',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['folding', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n'],
    ['a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'],
    ['a bad status line', 'HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n'],
    ['no HTTP', 'hello world\r\n\r\n'],
    [
      'a 101 nobody asked for',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ],
    ['a 204 with a body', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['chunked in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ] as const) {
    test(`a bad answer is 502: ${name}`, async () => {
      assert.deepEqual(statuses(await relayed(answer, get('/'))), [502]);
    });
  }

  test('a bad chunk in an answer cuts the connection, visibly', async () => {
    const text = await relayed('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhiX', get('/'));
    assert.ok(!text.includes('0\r\n\r\n'));
  });

  test('a second answer behind the first never answers the next request', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
    const text = await relayed(
      `${answer}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`,
      KEEP + KEEP + get('/'),
    );
    assert.deepEqual(statuses(text), [200, 200, 200]);
    assert.ok(!text.includes('evil'));
  });
});
