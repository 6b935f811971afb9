import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { controlPlaneIn, temporary } from '../testing/control-plane.ts';
import { makeSignInToken } from './access.ts';
import { controlApp, Live, pagesApp, signInPage } from './index.ts';
import { SYSTEM } from './place-params.ts';

const HOST = 'escale.localhost:8080';
const HOSTS = ['escale.localhost', HOST];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What may be called without a session, and nothing else. */
const DECLARED_OPEN = ['GET /sign-in'];

type Method = 'GET' | 'POST' | 'HEAD' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS';

function pages(t: TestContext) {
  const { controlPlane, pipelines, store, engine } = controlPlaneIn(t);
  const live = new Live({ engine, store, httpPort: 8080, version: '1', now: engine.now });
  live.controlPlane = controlPlane;
  const folder = path.join(temporary(t), 'dist');
  mkdirSync(path.join(folder, 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html>dashboard');
  writeFileSync(path.join(folder, 'assets/a.js'), 'let a;');
  const app = pagesApp({
    controlPlane,
    pipelines,
    live,
    metrics: async () => 'up 1\n',
    access: { store, hosts: HOSTS, now: engine.now, signInPage, metricsToken: 'scraper' },
    folder,
  });
  t.after(() => app.close());
  const ask = (method: Method, url: string, headers: Record<string, string> = {}) =>
    app.inject({ method, url, headers: { host: HOST, ...headers } });
  const signIn = async () => {
    const answer = await ask('GET', `/sign-in?token=${makeSignInToken(store, engine.now())}`);
    return { cookie: String(answer.headers['set-cookie']).split(';')[0]! };
  };
  return { app, ask, signIn, store, engine, folder, controlPlane, pipelines, live };
}

/** Every route that the pages have, as it was registered; found again by asking with a method each. */
async function routesOf(app: FastifyInstance): Promise<{ method: Method; url: string }[]> {
  await app.ready();
  const lines = app.printRoutes({ commonPrefix: false, includeHooks: false }).split('\n');
  const stack: string[] = [];
  return lines.flatMap((line) => {
    const match = /^((?:│ {3}| {4})*)(?:├── |└── )(\S+)(?: \((.*)\))?/.exec(line);
    if (match === null) return [];
    const depth = match[1]!.length / 4;
    stack.splice(depth, stack.length, match[2]!);
    const url = stack.join('').replace(/^(?!\/)/, '/');
    return (match[3] ?? '')
      .split(', ')
      .filter(Boolean)
      .map((method) => ({ method: method as Method, url }));
  });
}

const filled = (url: string) => url.replaceAll(/:\w+/g, 'shop').replace('*', 'anything');

test('the reader of routes sees those that are there', async (t) => {
  const seen = (await routesOf(pages(t).app)).map(({ method, url }) => `${method} ${url}`);
  const known = [
    'GET /*',
    'GET /api/overview',
    'GET /api/stream',
    'GET /sign-in',
    'GET /metrics',
    'POST /api/instances/:instance/kill',
    'POST /api/systems/:system/environments/:environment/scale',
  ];
  assert.deepEqual(
    known.filter((route) => !seen.includes(route)),
    [],
  );
  assert.ok(seen.length > 15, seen.join('\n'));
});

test('every route is closed without a session, but the declared ones', async (t) => {
  const { app, ask } = pages(t);
  const routes = await routesOf(app);
  for (const { method, url } of routes) {
    const name = `${method} ${url}`;
    if (DECLARED_OPEN.includes(name)) continue;
    const answer = await ask(method, filled(url));
    assert.equal(answer.statusCode, 401, name);
    if (method !== 'HEAD') assert.equal(answer.json().error.code, 'not-signed-in', name);
    const page = await ask(method, filled(url), { accept: 'text/html' });
    assert.equal(page.statusCode, 401, name);
    if (method !== 'HEAD') assert.match(page.body, /Sign in to Escale/, name);
    const wrong = await ask(method, filled(url), { cookie: 'escale_session=wrong' });
    assert.equal(wrong.statusCode, 401, name);
  }
  const open = routes
    .map(({ method, url }) => `${method} ${url}`)
    .filter((name) => DECLARED_OPEN.includes(name));
  assert.deepEqual(open.toSorted(), DECLARED_OPEN);
});

test('what is no route is closed, too', async (t) => {
  const { ask } = pages(t);
  for (const [method, url] of [
    ['POST', '/'],
    ['PUT', '/api/overview'],
    ['DELETE', '/anything'],
    ['POST', '/api/shutdown'],
    ['OPTIONS', '/api/overview'],
  ] as const)
    assert.equal((await ask(method, url)).statusCode, 401, `${method} ${url}`);
});

test('every route refuses another host and another site, also with a session', async (t) => {
  const { app, ask, signIn } = pages(t);
  const session = await signIn();
  for (const { method, url } of await routesOf(app)) {
    const name = `${method} ${url}`;
    for (const host of [
      'evil.example',
      'escale.localhost:9999',
      'escale.localhost.evil.example',
      '127.0.0.1:8080',
    ])
      assert.equal((await ask(method, filled(url), { ...session, host })).statusCode, 421, `${name} ${host}`);
    for (const origin of [
      'http://evil.example',
      'null',
      `http://${HOST}.evil.example`,
      'http://escale.localhost',
    ])
      assert.equal(
        (await ask(method, filled(url), { ...session, origin })).statusCode,
        403,
        `${name} ${origin}`,
      );
  }
});

test('whoever changes something comes from these pages themselves', async (t) => {
  const { ask, signIn } = pages(t);
  const session = await signIn();
  const from = (site: string) =>
    ask('POST', '/api/instances/none/kill', { ...session, 'sec-fetch-site': site });
  assert.deepEqual(
    await Promise.all(
      ['cross-site', 'same-site', 'none', 'same-origin'].map(async (site) => (await from(site)).statusCode),
    ),
    [403, 403, 403, 200],
  );
  const own = await ask('POST', '/api/instances/none/kill', { ...session, origin: `http://${HOST}` });
  assert.equal(own.statusCode, 200);
});

const SECRETS = '/api/environments/:environment/secrets';

test('only the control socket makes tokens, runs commands and shuts down', async (t) => {
  const { app, ask, signIn, controlPlane, pipelines, live } = pages(t);
  const session = await signIn();
  const mine = (await routesOf(app)).map(({ url }) => url);
  const control = controlApp({
    controlPlane,
    pipelines,
    live,
    metrics: async () => '',
    pid: 1,
    version: '1',
    shutdown: () => {},
  });
  t.after(() => control.close());
  const more = (await routesOf(control)).map(({ url }) => url).filter((url) => !mine.includes(url));
  assert.deepEqual([...new Set(more)].toSorted(), [
    '/api/deploy',
    SECRETS,
    `${SECRETS}/remove`,
    '/api/exec',
    '/api/hello',
    '/api/plan',
    '/api/shutdown',
    '/api/sign-in-tokens',
    `${SYSTEM}/backup`,
    `${SYSTEM}/backups`,
    `${SYSTEM}/delete-data`,
    `${SYSTEM}/query`,
    `${SYSTEM}/restore`,
    `${SYSTEM}/tables`,
  ]);
  for (const url of more) {
    const answer = await ask('POST', url, session);
    assert.equal(answer.statusCode, 404, url);
  }
});

test('a token signs in once; its cookie is for these pages alone', async (t) => {
  const { ask, store, engine } = pages(t);
  const token = makeSignInToken(store, engine.now());
  const answer = await ask('GET', `/sign-in?token=${token}`);
  assert.deepEqual([answer.statusCode, answer.headers.location], [303, '/']);
  assert.match(
    String(answer.headers['set-cookie']),
    /^escale_session=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/,
  );
  const again = await ask('GET', `/sign-in?token=${token}`);
  assert.deepEqual([again.statusCode, again.headers['set-cookie']], [401, undefined]);
});

test('a link that is only looked at does not use its token up', async (t) => {
  const { ask, store, engine } = pages(t);
  const url = `/sign-in?token=${makeSignInToken(store, engine.now())}`;
  assert.equal((await ask('HEAD', url)).headers['set-cookie'], undefined);
  assert.equal((await ask('GET', url)).statusCode, 303);
});

for (const [name, wait, status] of [
  ['in time', 15 * MINUTE, 303],
  ['too late', 15 * MINUTE + 1, 401],
] as const)
  test(`a token that is used ${name}`, async (t) => {
    const { ask, store, engine } = pages(t);
    const token = makeSignInToken(store, engine.now());
    engine.clock.ms += wait;
    assert.equal((await ask('GET', `/sign-in?token=${token}`)).statusCode, status);
  });

test('a session opens everything, for seven days, and is no token', async (t) => {
  const { ask, signIn, engine } = pages(t);
  const session = await signIn();
  assert.equal((await ask('GET', '/api/overview', session)).statusCode, 200);
  assert.equal((await ask('GET', `/sign-in?token=${session.cookie.split('=')[1]}`)).statusCode, 401);
  engine.clock.ms += 7 * DAY;
  assert.equal((await ask('GET', '/api/overview', session)).statusCode, 200);
  engine.clock.ms += 1;
  assert.equal((await ask('GET', '/api/overview', session)).statusCode, 401);
});

test('words that open something are never kept as they are', async (t) => {
  const { store, engine, signIn } = pages(t);
  const token = makeSignInToken(store, engine.now());
  const { cookie } = await signIn();
  for (const word of [token, cookie.split('=')[1]!]) {
    assert.equal(store.takeSession(word, 'token', engine.now()), false);
    assert.equal(store.takeSession(word, 'session', engine.now()), false);
  }
});

test('the cookie is found among others, and no other one is taken for it', async (t) => {
  const { ask, signIn } = pages(t);
  const { cookie } = await signIn();
  const status = async (value: string) => (await ask('GET', '/api/overview', { cookie: value })).statusCode;
  assert.equal(await status(`a=b; ${cookie}; c=d`), 200);
  assert.equal(await status(`x${cookie}`), 401);
  assert.equal(await status('escale_session='), 401);
});

test('pages are safe to show, whatever they answer', async (t) => {
  const { ask, signIn } = pages(t);
  const session = await signIn();
  for (const answer of [
    await ask('GET', '/'),
    await ask('GET', '/', session),
    await ask('GET', '/', { host: 'x' }),
  ]) {
    assert.match(
      String(answer.headers['content-security-policy']),
      /^default-src 'self';.*frame-ancestors 'none'/,
    );
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.equal(answer.headers['referrer-policy'], 'no-referrer');
  }
});

const LANGUAGES: [string, string][] = [
  ['', 'en'],
  ['fr', 'fr'],
  ['fr-CA,en;q=0.8', 'fr'],
  ['en,fr', 'en'],
  ['de,fr;q=0.9,en;q=0.8', 'fr'],
  ['en;q=0.9, fr;q=0.3', 'en'],
  ['FR', 'fr'],
];

test('the page for signing in is in the reader’s language', async (t) => {
  const { ask } = pages(t);
  for (const [header, language] of LANGUAGES) {
    const { body } = await ask('GET', '/', { accept: 'text/html', 'accept-language': header });
    assert.match(body, new RegExp(`<html lang="${language}">`), header);
  }
});

test('the dashboard’s files, its index for its own addresses, nothing outside, and no page for the API', async (t) => {
  const { ask, signIn, folder } = pages(t);
  const session = await signIn();
  writeFileSync(path.join(path.dirname(folder), 'dist-secret'), 'secret');
  symlinkSync('../dist-secret', path.join(folder, 'escape'));
  const file = await ask('GET', '/assets/a.js', session);
  assert.deepEqual(
    [file.body, file.headers['content-type'], file.headers['cache-control']],
    ['let a;', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
  );
  for (const url of ['/', '/systems/shop', '/..%2f..%2fetc%2fpasswd', '/escape', '/assets', '/%00'])
    assert.equal((await ask('GET', url, session)).body, '<!doctype html>dashboard', url);
  assert.equal((await ask('GET', '/%', session)).statusCode, 400);
  for (const url of ['/api/nothing', '/api']) {
    const answer = await ask('GET', url, session);
    assert.deepEqual([answer.statusCode, answer.json().error.code], [404, 'route-unknown'], url);
  }
});

test('a wrong request is 400 and says what; a missing thing 404; a bug 500 and says nothing', async (t) => {
  const { app, ask, signIn, engine } = pages(t);
  const session = await signIn();
  const post = (url: string, payload: object) =>
    app.inject({ method: 'POST', url, headers: { host: HOST, ...session }, payload });
  assert.equal((await post('/api/systems/shop/environments/local/scale', { numbers: 7 })).statusCode, 400);
  assert.equal((await post('/api/systems/shop/environments/local/down', {})).statusCode, 404);
  engine.kill = () => Promise.reject(new Error('a secret of the inside'));
  const log = t.mock.method(console, 'error', () => {});
  const bug = await post('/api/instances/a/kill', {});
  assert.equal(log.mock.callCount(), 1);
  assert.deepEqual([bug.statusCode, bug.json().error.code], [500, 'bug']);
  assert.doesNotMatch(bug.body, /secret/);
  assert.equal((await ask('GET', '/api/overview', session)).statusCode, 200);
});

test('a scraper reads the metrics with its own token, and nothing else', async (t) => {
  const { ask } = pages(t);
  const scraper = { authorization: 'Bearer scraper' };
  const metrics = await ask('GET', '/metrics', scraper);
  assert.deepEqual([metrics.statusCode, metrics.body], [200, 'up 1\n']);
  for (const authorization of ['Bearer wrong', 'scraper', 'Bearer ', ''])
    assert.equal((await ask('GET', '/metrics', { authorization })).statusCode, 401, authorization);
  assert.equal((await ask('GET', '/api/overview', scraper)).statusCode, 401);
});
