import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHello } from '../testing/instance.ts';

test('the sentence: exact for a plain client, a page for a browser, in its language', async (t) => {
  const { url } = await startHello(t, { HELLO_COLOR: '#2563eb', ESCALE_INSTANCE: 'web-<1>' });

  const plain = await fetch(url);
  assert.equal(plain.status, 200);
  assert.match(plain.headers.get('content-type') ?? '', /^text\/plain/);
  assert.equal(plain.headers.get('vary'), 'Accept, Accept-Language');
  assert.equal(await plain.text(), 'Hello, World!');

  const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
  const english = await fetch(url, { headers: { accept } });
  const page = await english.text();
  assert.match(english.headers.get('content-type') ?? '', /^text\/html/);
  assert.match(
    page,
    /<html lang="en">[\s\S]*Hello, World![\s\S]*web-&#60;1&#62;[\s\S]*1\.0\.0[\s\S]*#2563eb/,
  );

  const french = await fetch(url, { headers: { accept, 'accept-language': 'fr-FR,fr;q=0.9,en;q=0.5' } });
  assert.match(await french.text(), /<html lang="fr">[\s\S]*Bonjour, le monde !/);
});

test('HEAD answers as GET does, without the body', async (t) => {
  const { url } = await startHello(t);
  const answer = await fetch(url, { method: 'HEAD' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-length'), '13');
  assert.equal(await answer.text(), '');
});

test('what answers: /version and /api/info, all strings', async (t) => {
  const { url } = await startHello(t, { COMMIT: 'abc123', COLOR: 'teal', HELLO_MESSAGE: 'Salut' });
  assert.deepEqual(await (await fetch(`${url}/version`)).json(), { version: '1.0.0', commit: 'abc123' });
  const info = (await (await fetch(`${url}/api/info`)).json()) as Record<string, unknown>;
  assert.deepEqual(Object.keys(info).sort(), [
    'color',
    'hostname',
    'message',
    'num_cpu',
    'revision',
    'runtime',
    'version',
  ]);
  for (const value of Object.values(info)) assert.equal(typeof value, 'string');
  assert.equal(info.revision, 'abc123');
  assert.equal(info.color, 'teal');
  assert.equal(info.message, 'Salut');
});

test('the commit is ESCALE_COMMIT where COMMIT is not set, and unknown without both', async (t) => {
  const [platform, none] = await Promise.all([startHello(t, { ESCALE_COMMIT: 'def' }), startHello(t)]);
  assert.deepEqual(await (await fetch(`${platform.url}/version`)).json(), {
    version: '1.0.0',
    commit: 'def',
  });
  assert.deepEqual(await (await fetch(`${none.url}/version`)).json(), {
    version: '1.0.0',
    commit: 'unknown',
  });
});

test('probes, and readiness that can be switched off and on', async (t) => {
  const { url } = await startHello(t);
  for (const path of ['/healthz', '/readyz', '/livez']) {
    const answer = await fetch(url + path);
    assert.equal(answer.status, 200, path);
    assert.deepEqual(await answer.json(), { status: 'OK' });
  }
  assert.equal((await fetch(`${url}/readyz/disable`, { method: 'POST' })).status, 202);
  assert.equal((await fetch(`${url}/readyz`)).status, 503);
  assert.equal((await fetch(`${url}/livez`)).status, 200);
  assert.equal((await fetch(`${url}/readyz/enable`, { method: 'POST' })).status, 202);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
});

test('fault injection is absent unless allowed', async (t) => {
  const { url } = await startHello(t);
  assert.equal((await fetch(`${url}/fault_injection/enable`, { method: 'POST' })).status, 404);
  assert.equal((await fetch(`${url}/fault_injection/status`)).status, 404);
  assert.equal((await fetch(url)).status, 200);
});

test('while faults are on all is 500 but probes, metrics and the switch', async (t) => {
  const { url } = await startHello(t, { HELLO_FAULTS: '1' });
  assert.equal((await fetch(`${url}/fault_injection/enable`, { method: 'POST' })).status, 202);
  assert.deepEqual(await (await fetch(`${url}/fault_injection/status`)).json(), { enabled: true });
  for (const path of ['/', '/version', '/headers', '/nowhere', '/status/200'])
    assert.equal((await fetch(url + path)).status, 500, path);
  for (const path of ['/healthz', '/readyz', '/livez', '/metrics'])
    assert.equal((await fetch(url + path)).status, 200, path);
  assert.match(
    await (await fetch(`${url}/metrics`)).text(),
    /flask_http_request_exceptions_total\{method="GET",path="\/version",status="500"\} 1/,
  );
  assert.equal((await fetch(`${url}/fault_injection/disable`, { method: 'POST' })).status, 202);
  assert.equal((await fetch(url)).status, 200);
});

test('/status answers the status, without a body where there is none', async (t) => {
  const { url } = await startHello(t);
  for (const code of [200, 201, 301, 404, 418, 503, 599]) {
    const answer = await fetch(`${url}/status/${code}`, { redirect: 'manual' });
    assert.equal(answer.status, code);
    assert.deepEqual(await answer.json(), { status: code });
  }
  for (const code of [204, 205, 304]) {
    const answer = await fetch(`${url}/status/${code}`);
    assert.equal(answer.status, code);
    assert.equal(await answer.text(), '');
  }
});

const badInput = [
  ['/status/', 404],
  ...['999', 'abc', '100', '101', '600', '0', '-200', '2e2', '200.0', '%32%30', '٢٠٠'].map((code) => [
    `/status/${code}`,
    400,
  ]),
  ...['-1', '1e9', '61', '60.1', 'abc', '', '0x1', 'Infinity', '1.'].map((seconds) => [
    `/delay/${seconds}`,
    seconds ? 400 : 404,
  ]),
  ...['-1', '100', 'x'].map((seconds) => [`/chunked/${seconds}`, 400]),
  ['/%', 400],
  ['/status/%zz', 400],
  ['/%ff', 400],
  ['/nowhere', 404],
  ['/version/', 404],
  ['/ws/echo', 426],
] as [string, number][];

test('bad input is refused with a 4xx and short JSON', async (t) => {
  const { url } = await startHello(t);
  for (const [path, status] of badInput) {
    const answer = await fetch(url + path);
    assert.equal(answer.status, status, path);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    const { error } = (await answer.json()) as { error: string };
    assert.ok(error.length > 0 && error.length < 80, path);
  }
});

test('a wrong method is 405 and told what is allowed', async (t) => {
  const { url } = await startHello(t);
  for (const [method, path, allow] of [
    ['POST', '/', 'GET, HEAD'],
    ['DELETE', '/status/200', 'GET, HEAD'],
    ['GET', '/echo', 'POST'],
    ['GET', '/readyz/enable', 'POST'],
    ['OPTIONS', '/version', 'GET, HEAD'],
  ] as const) {
    const answer = await fetch(url + path, { method });
    assert.equal(answer.status, 405, path);
    assert.equal(answer.headers.get('allow'), allow);
  }
});

test('/headers shows the request as it arrived', async (t) => {
  const { url } = await startHello(t);
  const answer = await fetch(`${url}/headers`, { headers: { 'x-forwarded-prefix': '/hello' } });
  const headers = (await answer.json()) as Record<string, string>;
  assert.equal(headers['x-forwarded-prefix'], '/hello');
  assert.equal(headers.host, url.slice('http://'.length));
});

test('/echo returns body and type; one that is too large is 413', async (t) => {
  const { url } = await startHello(t);
  const body = Buffer.alloc(64 * 1024, 'é');
  const echoed = await fetch(`${url}/echo`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'image/x-test' },
  });
  assert.equal(echoed.status, 200);
  assert.equal(echoed.headers.get('content-type'), 'image/x-test');
  assert.ok(body.equals(Buffer.from(await echoed.arrayBuffer())));

  const empty = await fetch(`${url}/echo`, { method: 'POST' });
  assert.equal(await empty.text(), '');

  const large = await fetch(`${url}/echo`, { method: 'POST', body: Buffer.alloc(2 * 1024 * 1024) });
  assert.equal(large.status, 413);
});

test('/delay and /chunked take their time and end complete', async (t) => {
  const { url } = await startHello(t);
  assert.deepEqual(await (await fetch(`${url}/delay/0.05`)).json(), { delay: 0.05 });
  const answer = await fetch(`${url}/chunked/0.3`);
  assert.equal(answer.headers.get('transfer-encoding'), 'chunked');
  assert.equal(await answer.text(), 'step 1/3\nstep 2/3\nstep 3/3\ndone\n');
});

test('/panic ends the process with 255', async (t) => {
  const { url, exited } = await startHello(t);
  await assert.rejects(fetch(`${url}/panic`));
  assert.equal(await exited, 255);
});
