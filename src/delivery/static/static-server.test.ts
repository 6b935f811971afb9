import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { temporary, writeTree } from '../testing/tree.ts';

const FILES = {
  'index.html': '<h1>home</h1>',
  'app.js': 'let a;',
  'digits.txt': '0123456789',
  'empty.txt': '',
  'docs/index.html': '<h1>docs</h1>',
  'docs/with space é.txt': 'spaced',
  'folder/file.bin': 'bytes',
  '.env': 'SECRET=1',
  '.git/config': 'secret',
  'docs/.hidden': 'secret',
};

interface Answer {
  status: number;
  headers: Map<string, string>;
  body: string;
}

/** The server as it stands in an artifact; asked with paths as they are written, not as `fetch` cleans them. */
async function serve(t: TestContext, files: Record<string, string> = FILES, ...options: string[]) {
  const above = temporary(t);
  const folder = writeTree(path.join(above, 'artifact'), files);
  writeTree(above, { 'secret.txt': 'secret' });
  symlinkSync('../secret.txt', path.join(folder, 'escape.txt'));
  symlinkSync('docs', path.join(folder, 'linked'));
  mkdirSync(path.join(folder, '.escale'));
  const server = path.join(folder, '.escale/static-server.ts');
  copyFileSync(path.join(import.meta.dirname, 'static-server.ts'), server);
  const port = await freePort();
  const args = ['--disable-warning=ExperimentalWarning', server, ...options];
  const env = { HOST: '127.0.0.1', PORT: String(port), PATH: process.env.PATH };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  while ((await ask(port, '/.escale/ready').catch(() => null)) === null) assert.equal(child.exitCode, null);
  return {
    child,
    folder,
    get: (target: string, headers: Record<string, string> = {}, method = 'GET') =>
      ask(port, target, headers, method),
  };
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  return port;
}

/** `http.request` sends a path as it stands. */
async function ask(port: number, target: string, headers = {}, method = 'GET'): Promise<Answer> {
  const request = http
    .request({ host: '127.0.0.1', port, path: target, method, headers, agent: false })
    .end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const pairs = Object.entries(response.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  return { status: response.statusCode!, headers: new Map(pairs), body: await text(response) };
}

test('a file, whole: type, length, tag', async (t) => {
  const { get } = await serve(t);
  const { status, headers, body } = await get('/app.js');
  assert.deepEqual([status, body], [200, 'let a;']);
  for (const varying of ['date', 'connection', 'etag']) headers.delete(varying);
  assert.deepEqual(Object.fromEntries(headers), {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'no-cache',
    'accept-ranges': 'bytes',
    'x-content-type-options': 'nosniff',
    'content-length': '6',
  });
});

test('which file a path means', async (t) => {
  const { get } = await serve(t);
  const cases: [string, number, string][] = [
    ['/', 200, '<h1>home</h1>'],
    ['/?a=1', 200, '<h1>home</h1>'],
    ['/docs/', 200, '<h1>docs</h1>'],
    ['/docs/with%20space%20%C3%A9.txt', 200, 'spaced'],
    ['//docs//index.html', 200, '<h1>docs</h1>'],
    ['/linked/index.html', 200, '<h1>docs</h1>'],
    ['/empty.txt', 200, ''],
    ['/.escale/ready', 200, 'OK\n'],
    ['/folder/', 404, '404 Not Found\n'],
    ['/missing', 404, '404 Not Found\n'],
    ['/%zz', 400, '400 Bad Request\n'],
  ];
  for (const [target, status, body] of cases) {
    const answer = await get(target);
    assert.deepEqual([answer.status, answer.body], [status, body], target);
  }
});

const HOSTILE = [
  '/../secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e/secret.txt',
  '/%2e%2e%2fsecret.txt',
  '/docs/../../secret.txt',
  '/docs/..%2f..%2fsecret.txt',
  '/..%5csecret.txt',
  '/docs%00.txt',
  '/escape.txt',
  '/.env',
  '/%2eenv',
  '/.git/config',
  '/docs/.hidden',
  '/.escale/static-server.ts',
  'http://a/../secret.txt',
];

test('nothing outside the folder, and no dot file, is served', async (t) => {
  const { get } = await serve(t);
  for (const target of HOSTILE) {
    const answer = await get(target);
    assert.deepEqual([answer.status, answer.body], [404, '404 Not Found\n'], target);
  }
});

test('HEAD answers as GET without the body; other methods are refused', async (t) => {
  const { get } = await serve(t);
  const head = await get('/digits.txt', {}, 'HEAD');
  assert.deepEqual([head.status, head.headers.get('content-length'), head.body], [200, '10', '']);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const { status, headers } = await get('/', {}, method);
    assert.deepEqual([status, headers.get('allow')], [405, 'GET, HEAD'], method);
  }
});

const RANGES: [string, number, string, string | undefined][] = [
  ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
  ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=7-99', 206, '789', 'bytes 7-9/10'],
  ['bytes=-3', 206, '789', 'bytes 7-9/10'],
  ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
  ['bytes=10-', 416, '', 'bytes */10'],
  ['bytes=-0', 416, '', 'bytes */10'],
  ['bytes=0-1,3-4', 200, '0123456789', undefined],
  ['lines=0-1', 200, '0123456789', undefined],
  ['bytes=-', 200, '0123456789', undefined],
  ['bytes=4-2', 200, '0123456789', undefined],
];

test('ranges', async (t) => {
  const { get } = await serve(t);
  for (const [range, status, body, content] of RANGES) {
    const answer = await get('/digits.txt', { Range: range });
    assert.deepEqual(
      [answer.status, answer.body, answer.headers.get('content-range')],
      [status, body, content],
      range,
    );
  }
  assert.equal((await get('/empty.txt', { Range: 'bytes=0-' })).status, 416);
});

test('what did not change is not sent again; a resumed download never mixes two versions', async (t) => {
  const { get } = await serve(t);
  const etag = (await get('/digits.txt')).headers.get('etag')!;
  const answers = await Promise.all([
    get('/digits.txt', { 'If-None-Match': etag }),
    get('/digits.txt', { 'If-None-Match': '"other"' }),
    get('/digits.txt', { Range: 'bytes=7-', 'If-Range': etag }),
    get('/digits.txt', { Range: 'bytes=7-', 'If-Range': '"other"' }),
  ]);
  assert.deepEqual(
    answers.map(({ status, body }) => [status, body]),
    [
      [304, ''],
      [200, '0123456789'],
      [206, '789'],
      [200, '0123456789'],
    ],
  );
});

test('a folder is sent on to its slash, below the prefix that the gateway cut, with its query', async (t) => {
  const { get } = await serve(t);
  const cases: [string, Record<string, string>, string][] = [
    ['/docs', {}, '/docs/'],
    ['/docs?a=1&b=2', {}, '/docs/?a=1&b=2'],
    ['/docs', { 'X-Forwarded-Prefix': '/shop' }, '/shop/docs/'],
    ['//docs', {}, '/docs/'],
  ];
  for (const [target, headers, location] of cases) {
    const answer = await get(target, headers);
    assert.deepEqual([answer.status, answer.headers.get('location')], [301, location], target);
  }
});

test('a page of its own for what is not there', async (t) => {
  const { get } = await serve(t, { ...FILES, '404.html': '<h1>lost</h1>' });
  const answer = await get('/missing', { Range: 'bytes=0-2' });
  assert.deepEqual([answer.status, answer.body], [404, '<h1>lost</h1>']);
  assert.equal((await get('/..%2fsecret.txt')).status, 404);
});

test('a single-page application: unknown paths get the index, unknown files do not', async (t) => {
  const { get } = await serve(t, FILES, '--spa');
  const cases: [string, number, string][] = [
    ['/orders/17', 200, '<h1>home</h1>'],
    ['/docs/', 200, '<h1>docs</h1>'],
    ['/missing.js', 404, '404 Not Found\n'],
    ['/..%2fsecret', 404, '404 Not Found\n'],
  ];
  for (const [target, status, body] of cases) {
    const answer = await get(target);
    assert.deepEqual([answer.status, answer.body], [status, body], target);
  }
});

test('SIGTERM ends it well', async (t) => {
  const { child } = await serve(t);
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});

test('where all times are 1970, as in an image, it is the content that the tag tells of', async (t) => {
  const { get, folder } = await serve(t, { 'a.txt': 'one', 'b.txt': 'two', 'c.txt': 'one' });
  for (const name of ['a.txt', 'b.txt', 'c.txt']) utimesSync(path.join(folder, name), 0, 0);
  const [a, b, c] = await Promise.all(
    ['/a.txt', '/b.txt', '/c.txt'].map(async (target) => (await get(target)).headers.get('etag')!),
  );
  assert.notEqual(a, b);
  assert.equal(a, c);
  assert.equal((await get('/a.txt', { 'if-none-match': a! })).status, 304);
  assert.equal((await get('/b.txt', { 'if-none-match': a! })).status, 200);
});
