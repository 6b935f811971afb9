import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import fastify from 'fastify';
import type { Grant } from '../../core/access/index.ts';
import { OWNER } from '../access/index.ts';
import { HOST, type Method, pages, routesOf } from '../testing/pages.ts';
import { guard, type RouteAccess } from './access.ts';
import { socketDoor } from './socket-door.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const filled = (url: string) => url.replaceAll(/:\w+/g, 'shop').replace('*', 'anything');

const VIEWER = 'viewer here';
const DEPLOYER = 'deployer here';
const ADMIN = 'admin here';
const ANY = 'viewer somewhere';
const SOME_DEPLOYER = 'deployer somewhere';
const SYSTEM = '/api/systems/:system/environments/:environment';
const SECRETS = '/api/environments/:environment/secrets';

/** Who may call what, by hand: a route that is not here has no business in the app. */
const TABLE: Record<string, string> = {
  'GET /*': ANY,
  'HEAD /*': ANY,
  'GET /sign-in': 'open',
  'POST /sign-in': 'open',
  'POST /sign-out': 'open',
  'GET /password': 'open',
  'POST /password': 'open',
  'GET /metrics': 'scraped',
  'GET /api/hello': ANY,
  'GET /api/openapi.json': ANY,
  'GET /api/overview': ANY,
  'GET /api/stream': ANY,
  'GET /api/events': ANY,
  [`POST ${SYSTEM}/rollback`]: DEPLOYER,
  [`POST ${SYSTEM}/restart`]: DEPLOYER,
  [`POST ${SYSTEM}/scale`]: DEPLOYER,
  [`POST ${SYSTEM}/down`]: DEPLOYER,
  [`POST ${SYSTEM}/logs`]: VIEWER,
  [`GET ${SYSTEM}/databases/:resource/tables`]: VIEWER,
  [`POST ${SYSTEM}/databases/:resource/rows`]: VIEWER,
  [`POST ${SYSTEM}/tables`]: VIEWER,
  [`POST ${SYSTEM}/query`]: DEPLOYER,
  [`POST ${SYSTEM}/backup`]: DEPLOYER,
  [`POST ${SYSTEM}/backups`]: VIEWER,
  [`POST ${SYSTEM}/restore`]: DEPLOYER,
  [`POST ${SYSTEM}/delete-data`]: ADMIN,
  [`POST ${SYSTEM}/jobs/:job/run`]: DEPLOYER,
  'POST /api/instances/:instance/kill': 'deployer of the instance',
  'POST /api/instances/:instance/exec': 'deployer of the instance',
  'POST /api/instances/:instance/forward': 'deployer of the instance',
  [`GET ${SECRETS}`]: DEPLOYER,
  [`POST ${SECRETS}`]: DEPLOYER,
  [`POST ${SECRETS}/remove`]: DEPLOYER,
  'POST /api/backup': 'admin everywhere',
  'GET /api/secret-recipient': ANY,
  'GET /api/pipelines': ANY,
  'GET /api/pipelines/:run': ANY,
  'GET /api/pipelines/:run/log': ANY,
  'GET /api/pipelines/:run/report': ANY,
  'GET /api/pipelines/:run/artifact': ANY,
  'POST /api/pipelines/:run/cancel': SOME_DEPLOYER,
  'POST /api/pipelines/:run/retry': SOME_DEPLOYER,
  'GET /api/repositories': ANY,
  'POST /api/repositories/:repository/follow': 'admin everywhere',
  'POST /api/repositories/:repository/unfollow': 'admin everywhere',
  'POST /api/repositories/:repository/fetch': SOME_DEPLOYER,
  'POST /api/repositories/:repository/hook-secret': 'admin everywhere',
  [`POST ${SYSTEM}/promote`]: DEPLOYER,
  [`GET ${SYSTEM}/plan`]: DEPLOYER,
  [`GET ${SYSTEM}/objects`]: DEPLOYER,
  'GET /api/systems/:system/releases/:release': ANY,
  'GET /api/approvals': ANY,
  'POST /api/approvals/:approval/approve': SOME_DEPLOYER,
  'POST /api/approvals/:approval/refuse': SOME_DEPLOYER,
  'GET /api/environment-rules': ANY,
  'POST /api/environment-rules': 'admin everywhere',
  'POST /api/environment-rules/remove': 'admin everywhere',
  'GET /git/:repository/info/refs': ANY,
  'POST /git/:repository/git-upload-pack': ANY,
  'POST /git/:repository/git-receive-pack': SOME_DEPLOYER,
  'POST /hooks/:repository': 'open',
  'GET /api/me': ANY,
  'GET /api/users': 'admin everywhere',
  'POST /api/users': 'admin everywhere',
  'POST /api/users/:user/grants': 'admin everywhere',
  'POST /api/users/:user/link': 'admin everywhere',
  'POST /api/users/:user/remove': 'admin everywhere',
  'GET /api/tokens': ANY,
  'POST /api/tokens': ANY,
  'POST /api/tokens/:user/:token/revoke': ANY,
  'GET /api/audit': 'admin somewhere',
  'GET /api/targets': 'admin everywhere',
  'POST /api/targets': 'admin everywhere',
  'GET /api/targets/:target/findings': 'admin everywhere',
  'POST /api/targets/:target/remove': 'admin everywhere',
  'GET /api/webhooks': 'admin everywhere',
  'POST /api/webhooks': 'admin everywhere',
  'POST /api/webhooks/:webhook/remove': 'admin everywhere',
  'POST /api/webhooks/:webhook/test': 'admin everywhere',
};

/** Only on the socket. */
const OWNERS = [
  'POST /api/deploy',
  'POST /api/pipelines',
  'POST /api/plan',
  'POST /api/retire',
  'POST /api/shutdown',
  'POST /api/sign-in-tokens',
];

const grant = (role: Grant['role'], environment: string): Grant => ({ role, environment });

/** Who comes, and to which lines of the table. All addresses name the environment `shop`. */
const VISITORS: [string, Grant[], string[]][] = [
  ['nothing', [], []],
  ['viewer of another environment', [grant('viewer', 'other')], [ANY]],
  ['admin of another environment', [grant('admin', 'other')], [ANY, SOME_DEPLOYER, 'admin somewhere']],
  ['viewer', [grant('viewer', 'shop')], [ANY, VIEWER]],
  ['deployer', [grant('deployer', 'shop')], [ANY, SOME_DEPLOYER, VIEWER, DEPLOYER]],
  ['admin', [grant('admin', 'shop')], [ANY, SOME_DEPLOYER, VIEWER, DEPLOYER, ADMIN, 'admin somewhere']],
  ['viewer of all', [grant('viewer', '*')], [ANY, VIEWER, 'scraped']],
  ['deployer of all', [grant('deployer', '*')], [ANY, SOME_DEPLOYER, VIEWER, DEPLOYER, 'scraped']],
  [
    'admin of all',
    [grant('admin', '*')],
    [ANY, SOME_DEPLOYER, VIEWER, DEPLOYER, ADMIN, 'scraped', 'admin somewhere', 'admin everywhere'],
  ],
];

const named = (routes: { method: Method; url: string }[]) =>
  routes.map(({ method, url }) => `${method} ${url}`);

test('every route of both apps stands in the table', async (t) => {
  const { app, control } = pages(t);
  const table = Object.keys(TABLE);
  const ofPages = named(await routesOf(app)).filter((name) => !/^HEAD \/(api|metrics)/.test(name));
  assert.deepEqual(ofPages.toSorted(), table.toSorted());
  const ofBrowsers = /\/(\*|sign-in|sign-out|password)$/;
  const shared = table.filter((name) => !ofBrowsers.test(name));
  const ofSocket = named(await routesOf(control)).filter((name) => !name.startsWith('HEAD'));
  assert.deepEqual(ofSocket.toSorted(), [...shared, ...OWNERS].toSorted());
});

for (const [visitor, grants, lines] of VISITORS)
  test(`${visitor}: what the table says answers, nothing else`, async (t) => {
    const { app, ask, bearer } = pages(t);
    const token = bearer(grants);
    for (const { method, url } of await routesOf(app)) {
      const name = `${method} ${url}`;
      const line = TABLE[name.replace(/^HEAD (?!\/\*)/, 'GET ')];
      if (line === 'open' || url === '/api/stream' || url === '/api/events') continue;
      const { statusCode, json } = await ask(method, filled(url), token);
      // Nothing runs here: whoever has the role somewhere is told that.
      const expected = lines.includes(line!) ? 'let in' : 'kept out';
      const keptOut = line === 'deployer of the instance' ? [403, 404] : [403];
      const seen = keptOut.includes(statusCode) ? 'kept out' : 'let in';
      assert.equal(seen, expected, `${name}: ${statusCode}`);
      if (statusCode === 403 && method !== 'HEAD') assert.equal(json().error.code, 'access-denied', name);
    }
  });

test('streams answer who may see something, and nobody else', async (t) => {
  const { app, bearer } = pages(t);
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  for (const [grants, status] of [
    [[], 403],
    [[grant('viewer', 'other')], 200],
  ] as const)
    for (const url of ['/api/stream', '/api/events']) {
      const headers = { ...bearer([...grants]), host: HOST };
      const answer = await statusOf(new URL(url, address), headers);
      assert.equal(answer, status, url);
    }
});

function statusOf(url: URL, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.once('error', reject);
  });
}

for (const [name, headers] of [
  ['nothing', {}],
  ['a wrong session', { cookie: 'escale_session=wrong' }],
  ['a wrong token', { authorization: `Bearer esc_${'A'.repeat(43)}` }],
  ['the scrapers’ token', { authorization: 'Bearer scraper' }],
  ['a name and a password, where git does not ask', { authorization: 'Basic YTpi' }],
] as [string, Record<string, string>][])
  test(`every route is closed to who shows ${name}, but the declared ones`, async (t) => {
    const { app, ask, engine } = pages(t);
    for (const { method, url } of await routesOf(app)) {
      const route = `${method} ${url}`;
      if (TABLE[route] === 'open') continue;
      engine.clock.ms += 10 * MINUTE;
      const answer = await ask(method, filled(url), headers);
      const mayScrape = url === '/metrics' && name.includes('scrapers');
      assert.equal(answer.statusCode, mayScrape ? 200 : 401, route);
      if (method !== 'HEAD' && !mayScrape) assert.equal(answer.json().error.code, 'not-signed-in', route);
      if (mayScrape) continue;
      const page = await ask(method, filled(url), { ...headers, accept: 'text/html' });
      assert.equal(page.statusCode, 401, route);
      // git's clients are asked for a name and a password instead.
      if (url.startsWith('/git/')) assert.match(String(page.headers['www-authenticate']), /^Basic /, route);
      else if (method !== 'HEAD') assert.match(page.body, /Sign in to Escale/, route);
    }
  });

test('a token that has expired, or was revoked, opens nothing', async (t) => {
  const { app, ask, bearer, engine, access } = pages(t);
  const short = bearer([grant('admin', '*')], 1);
  const revoked = bearer([grant('admin', '*')]);
  const [token] = access.accounts.tokens(OWNER).filter(({ expiresAt }) => expiresAt > engine.now() + 2 * DAY);
  access.accounts.revoke(OWNER, token!.user, token!.name);
  assert.equal((await ask('GET', '/api/me', short)).statusCode, 200);
  engine.clock.ms += DAY + 1;
  for (const { method, url } of await routesOf(app)) {
    if (TABLE[`${method} ${url}`] === 'open') continue;
    engine.clock.ms += 10 * MINUTE;
    for (const headers of [short, revoked])
      assert.equal((await ask(method, filled(url), headers)).statusCode, 401, `${method} ${url}`);
  }
});

test('an instance is only known where it may be looked at, and only its deployers touch it', async (t) => {
  const { ask, bearer, deployShop, engine } = pages(t);
  await deployShop();
  const killed: string[] = [];
  engine.kill = async (id?: string) => void killed.push(id!);
  const kill = async (grants: Grant[]) =>
    (await ask('POST', '/api/instances/web-1-0/kill', bearer(grants))).json().error?.code ?? 'done';
  assert.equal(await kill([grant('deployer', 'other')]), 'instance-unknown');
  assert.equal(await kill([grant('deployer', 'other'), grant('viewer', 'local')]), 'access-denied');
  assert.equal(await kill([grant('viewer', 'local')]), 'access-denied');
  assert.deepEqual(killed, []);
  assert.equal(await kill([grant('deployer', 'local')]), 'done');
  assert.deepEqual(killed, ['web-1-0']);
});

test('a picture shows only what may be seen', async (t) => {
  const { ask, bearer, deployShop, live } = pages(t);
  await deployShop();
  const event = { at: 1, type: 'x', system: '', service: '', instance: '', release: 0, message: '' };
  for (const environment of ['local', 'other', '']) live.add({ ...event, environment });
  const seen = async (grants: Grant[]) => {
    const { systems, events } = (await ask('GET', '/api/overview', bearer(grants))).json();
    return [systems.length, events.map((one: { environment: string }) => one.environment)];
  };
  assert.deepEqual(await seen([grant('viewer', 'local')]), [1, ['local']]);
  assert.deepEqual(await seen([grant('admin', 'other')]), [0, ['other']]);
  assert.deepEqual(await seen([grant('viewer', '*')]), [1, ['local', 'other', '']]);
});

test('an app with a route that declares nothing, or something that can’t be, is not made', () => {
  const add = (url: string, access?: RouteAccess) => {
    const app = fastify();
    guard(app, { door: socketDoor, placeOfInstance: async () => null });
    app.get(url, access === undefined ? {} : { config: { access } }, () => '');
  };
  const here = { role: 'viewer', environment: 'param' } as const;
  assert.throws(() => add('/a'), /GET \/a does not declare who may call it/);
  assert.throws(() => add('/a', here), /the environment in its address decides/);
  assert.throws(
    () => add('/:environment', { ...here, environment: 'any' }),
    /the environment in its address/,
  );
  assert.throws(() => add('/:environment', 'open'), /the environment in its address/);
  assert.throws(() => add('/a', { ...here, environment: 'instance' }), /names no instance/);
  add('/a', 'open');
  add('/:environment', here);
});

test('git shows a token as a password, and is asked for one', async (t) => {
  const { app, ask, bearer } = pages(t);
  app.get('/git/shop', { config: { access: { role: 'viewer', environment: 'any' } } }, () => 'refs');
  const closed = await ask('GET', '/git/shop');
  assert.deepEqual([closed.statusCode, closed.headers['www-authenticate']], [401, 'Basic realm="Escale"']);
  const word = bearer([grant('viewer', 'shop')]).authorization!.split(' ')[1]!;
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
  assert.equal((await ask('GET', '/git/shop', basic(`anyone:${word}`))).body, 'refs');
  assert.equal((await ask('GET', '/git/shop', basic(`${word}:`))).statusCode, 401);
  assert.equal((await ask('GET', '/api/me', basic(`anyone:${word}`))).statusCode, 401);
});

test('a folder of this host is restored by its owner alone', async (t) => {
  const { ask, bearer, deployShop, signIn } = pages(t);
  await deployShop();
  const url = '/api/systems/shop/environments/local/restore';
  for (const backup of ['/tmp/theirs', '../other/20260101T000000Z', 'a\\b'])
    assert.equal(
      (await ask('POST', url, bearer([grant('admin', '*')]), { backup })).json().error.code,
      'access-denied',
    );
  const own = await ask('POST', url, await signIn(), { backup: '/tmp/mine' });
  assert.equal(own.json().error.code, 'resource-unknown');
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
    ask('POST', '/api/systems/none/environments/local/down', { ...session, 'sec-fetch-site': site });
  assert.deepEqual(
    await Promise.all(
      ['cross-site', 'same-site', 'none', 'same-origin'].map(async (site) => (await from(site)).statusCode),
    ),
    [403, 403, 403, 404],
  );
  const own = await ask('POST', '/api/systems/none/environments/local/down', {
    ...session,
    origin: `http://${HOST}`,
  });
  assert.equal(own.statusCode, 404);
});

test('a token signs in once; its cookie is for these pages alone', async (t) => {
  const { ask, access } = pages(t);
  const token = access.entrance.signInLink();
  const answer = await ask('GET', `/sign-in?token=${token}`);
  assert.deepEqual([answer.statusCode, answer.headers.location], [303, '/']);
  assert.match(
    String(answer.headers['set-cookie']),
    /^escale_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/,
  );
  const again = await ask('GET', `/sign-in?token=${token}`);
  assert.deepEqual([again.statusCode, again.headers['set-cookie']], [401, undefined]);
});

test('a link that is only looked at does not use its token up', async (t) => {
  const { ask, access } = pages(t);
  const url = `/sign-in?token=${access.entrance.signInLink()}`;
  assert.equal((await ask('HEAD', url)).headers['set-cookie'], undefined);
  assert.equal((await ask('GET', url)).statusCode, 303);
});

for (const [name, wait, status] of [
  ['in time', 15 * MINUTE, 303],
  ['too late', 15 * MINUTE + 1, 401],
] as const)
  test(`a token that is used ${name}`, async (t) => {
    const { ask, access, engine } = pages(t);
    const token = access.entrance.signInLink();
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
  const { store, signIn, access, bearer } = pages(t);
  const words = [access.entrance.signInLink(), (await signIn()).cookie.split('=')[1]!];
  words.push(bearer([]).authorization!.split(' ')[1]!);
  const tables = ['users', 'tokens', 'sessions', 'links', 'audit'];
  const kept = JSON.stringify(tables.map((table) => store.sql.all(`SELECT * FROM ${table}`)));
  assert.ok(kept.length > 500, kept);
  for (const word of words) assert.ok(!kept.includes(word), word);
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
    await ask('GET', '/', { accept: 'text/html' }),
    await ask('GET', '/sign-in'),
  ]) {
    assert.match(
      String(answer.headers['content-security-policy']),
      /^default-src 'self';.*frame-ancestors 'none'/,
    );
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    // Nothing of an address goes elsewhere; forms must be able to say that they come from here.
    const policy = answer.body.includes('<form') ? 'same-origin' : 'no-referrer';
    assert.equal(answer.headers['referrer-policy'], policy);
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
  const { app, ask, signIn, engine, deployShop } = pages(t);
  const session = await signIn();
  await deployShop();
  const post = (url: string, payload: object) =>
    app.inject({ method: 'POST', url, headers: { host: HOST, ...session }, payload });
  assert.equal((await post('/api/systems/shop/environments/local/scale', { numbers: 7 })).statusCode, 400);
  assert.equal((await post('/api/systems/none/environments/local/down', {})).statusCode, 404);
  engine.kill = () => Promise.reject(new Error('a secret of the inside'));
  const log = t.mock.method(console, 'error', () => {});
  const bug = await post('/api/instances/web-1-0/kill', {});
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
