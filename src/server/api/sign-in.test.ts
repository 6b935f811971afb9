import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { type Known, OWNER } from '../access/index.ts';
import { HOST, pages } from '../testing/pages.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PASSWORD = 'correct horse battery';
const owner: Known = { principal: OWNER, expiresAt: Number.POSITIVE_INFINITY };

type Pages = ReturnType<typeof pages>;

const post = ({ app }: Pages, url: string, form: Record<string, string>, headers = {}) =>
  app.inject({
    ...{ method: 'POST', url, payload: new URLSearchParams(form).toString() },
    headers: {
      ...{ host: HOST, 'x-forwarded-for': '192.0.2.7', 'content-type': 'application/x-www-form-urlencoded' },
      ...headers,
    },
  });

const cookieOf = (answer: { headers: object }) => ({
  cookie: String((answer.headers as { 'set-cookie'?: string })['set-cookie'] ?? '').split(';')[0]!,
});

/** A user who has chosen a password. */
async function withAda(t: Parameters<typeof pages>[0]) {
  const all = pages(t);
  all.access.accounts.add('ada', [{ role: 'viewer', environment: 'local' }]);
  const link = all.access.entrance.passwordLink('ada');
  const chosen = await post(all, '/password', { link, password: PASSWORD, again: PASSWORD });
  assert.deepEqual([chosen.statusCode, chosen.headers.location], [303, '/']);
  return { ...all, link, session: cookieOf(chosen) };
}

test('an address sets a password once, and signs in', async (t) => {
  const all = await withAda(t);
  const { ask, link, session } = all;
  const me = (await ask('GET', '/api/me', session)).json();
  assert.deepEqual(
    [me.name, me.kind, me.grants],
    ['ada', 'user', [{ role: 'viewer', environment: 'local' }]],
  );
  for (const answer of [
    await ask('GET', `/password?link=${link}`),
    await post(all, '/password', { link, password: PASSWORD, again: PASSWORD }),
  ])
    assert.deepEqual([answer.statusCode, answer.headers['set-cookie']], [401, undefined]);
});

test('to look at the address does not use it up; a day does, and so does another one', async (t) => {
  const { ask, access, engine } = pages(t);
  access.accounts.add('ada', []);
  const status = async (link: string) => (await ask('GET', `/password?link=${link}`)).statusCode;
  const first = access.entrance.passwordLink('ada');
  assert.deepEqual([await status(first), await status(first)], [200, 200]);
  const second = access.entrance.passwordLink('ada');
  assert.deepEqual([await status(first), await status(second)], [401, 200]);
  engine.clock.ms += 24 * HOUR;
  assert.equal(await status(second), 200);
  engine.clock.ms += 1;
  assert.equal(await status(second), 401);
});

test('an address for signing in sets no password, and one for a password signs nobody in', async (t) => {
  const all = pages(t);
  all.access.accounts.add('ada', []);
  const signIn = all.access.entrance.signInLink();
  const password = all.access.entrance.passwordLink('ada');
  assert.equal((await all.ask('GET', `/password?link=${signIn}`)).statusCode, 401);
  assert.equal((await all.ask('GET', `/sign-in?token=${password}`)).statusCode, 401);
  assert.equal((await all.ask('GET', `/sign-in?token=${signIn}`)).statusCode, 303);
});

for (const [problem, password, again] of [
  ['too short', 'eleven char', 'eleven char'],
  ['too long', 'a'.repeat(257), 'a'.repeat(257)],
  ['not twice the same', PASSWORD, `${PASSWORD}!`],
] as const)
  test(`a password that is ${problem} is refused, and the address stays good`, async (t) => {
    const all = pages(t);
    all.access.accounts.add('ada', []);
    const link = all.access.entrance.passwordLink('ada');
    const answer = await post(all, '/password', { link, password, again });
    assert.equal(answer.statusCode, 422);
    assert.match(answer.body, /role="alert"/);
    assert.doesNotMatch(answer.body, new RegExp(password));
    assert.equal((await all.ask('GET', `/password?link=${link}`)).statusCode, 200);
  });

test('name and password sign in, until somebody signs out', async (t) => {
  const all = await withAda(t);
  const answer = await post(all, '/sign-in', { name: 'ada', password: PASSWORD });
  assert.deepEqual([answer.statusCode, answer.headers.location], [303, '/']);
  const session = cookieOf(answer);
  assert.equal((await all.ask('GET', '/api/me', session)).statusCode, 200);
  const out = await post(all, '/sign-out', {}, session);
  assert.deepEqual([out.statusCode, out.headers.location], [303, '/sign-in']);
  assert.equal((await all.ask('GET', '/api/me', session)).statusCode, 401);
  assert.equal((await all.ask('GET', '/api/me', all.session)).statusCode, 200);
});

test('a password is one text, however its letters are typed', async (t) => {
  const all = pages(t);
  all.access.accounts.add('ada', []);
  const typed = 'élan vital à Nîmes';
  const link = all.access.entrance.passwordLink('ada');
  await post(all, '/password', { link, password: typed.normalize('NFD'), again: typed.normalize('NFD') });
  const answer = await post(all, '/sign-in', { name: 'ada', password: typed.normalize('NFC') });
  assert.equal(answer.statusCode, 303);
});

test('what means something elsewhere is only a text in a password', async (t) => {
  const all = pages(t);
  all.access.accounts.add('ada', []);
  const password = ';$(id)`id`\'"\n\0../ -rf --upload-pack=x \u202e &=+%00<script>';
  const link = all.access.entrance.passwordLink('ada');
  assert.equal((await post(all, '/password', { link, password, again: password })).statusCode, 303);
  assert.equal((await post(all, '/sign-in', { name: 'ada', password })).statusCode, 303);
  const cut = password.slice(0, password.indexOf('\0'));
  assert.equal((await post(all, '/sign-in', { name: 'ada', password: cut })).statusCode, 401);
});

test('the cookie is for encrypted connections only where it came over one', async (t) => {
  const all = await withAda(t);
  const form = { name: 'ada', password: PASSWORD };
  const secure = await post(all, '/sign-in', form, { 'x-forwarded-proto': 'https' });
  assert.match(String(secure.headers['set-cookie']), /; Secure$/);
  const plain = await post(all, '/sign-in', form, { 'x-forwarded-proto': 'http' });
  assert.doesNotMatch(String(plain.headers['set-cookie']), /Secure/);
});

test('another site can’t sign anybody in or out', async (t) => {
  const all = await withAda(t);
  for (const headers of [
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ])
    for (const url of ['/sign-in', '/sign-out', '/password']) {
      const answer = await post(
        all,
        url,
        { name: 'ada', password: PASSWORD },
        { ...headers, ...all.session },
      );
      assert.equal(answer.statusCode, 403, url);
    }
  assert.equal((await all.ask('GET', '/api/me', all.session)).statusCode, 200);
});

test('nobody learns whether a name is known', async (t) => {
  const all = await withAda(t);
  const bodies = [];
  for (const [name, password] of [
    ['ada', 'wrong password'],
    ['bob', 'wrong password'],
    ['ada', ''],
    ['', ''],
  ] as const) {
    const answer = await post(all, '/sign-in', { name, password });
    assert.equal(answer.statusCode, 401, name);
    bodies.push(answer.body.replace(`value="${name}"`, 'value=""'));
  }
  assert.equal(new Set(bodies).size, 1);
});

test('somebody without a password, and a user called like the owner, can’t sign in', async (t) => {
  const all = pages(t);
  all.access.accounts.add('ada', []);
  for (const name of ['ada', 'owner', 'escale'])
    for (const password of ['', 'null'])
      assert.equal((await post(all, '/sign-in', { name, password })).statusCode, 401, name);
});

test('ten wrong passwords: an address and a name wait, then may again', async (t) => {
  const all = await withAda(t);
  const from = (address: string, password = 'wrong password', name = 'ada') =>
    post(all, '/sign-in', { name, password }, { 'x-forwarded-for': address });
  for (let i = 0; i < 10; i++) assert.equal((await from('192.0.2.1')).statusCode, 401);
  const wait = await from('192.0.2.1', PASSWORD);
  assert.deepEqual([wait.statusCode, wait.headers['retry-after']], [429, '600']);
  assert.match(wait.body, /Too many tries/);
  assert.equal((await from('192.0.2.1', PASSWORD, 'bob')).statusCode, 429, 'the address waits');
  assert.equal((await from('192.0.2.2', PASSWORD)).statusCode, 429, 'the name waits');
  assert.equal((await from('192.0.2.2', PASSWORD, 'bob')).statusCode, 401, 'others do not');
  all.engine.clock.ms += 10 * MINUTE;
  assert.equal((await from('192.0.2.1', PASSWORD)).statusCode, 303);
});

test('ten wrong tokens: the next one waits, a right one never does', async (t) => {
  const { ask, bearer } = pages(t);
  const right = bearer([{ role: 'viewer', environment: 'local' }]);
  const wrong = { authorization: `Bearer esc_${'A'.repeat(43)}` };
  for (let i = 0; i < 10; i++) assert.equal((await ask('GET', '/api/me', wrong)).statusCode, 401);
  const wait = await ask('GET', '/api/me', wrong);
  assert.deepEqual(
    [wait.statusCode, wait.json().error.code, wait.headers['retry-after']],
    [429, 'too-many-requests', '600'],
  );
  assert.equal((await ask('GET', '/api/me', right)).statusCode, 200);
  const other = { ...wrong, 'x-forwarded-for': '192.0.2.200' };
  assert.equal((await ask('GET', '/api/me', other)).statusCode, 401);
});

test('only the one address that the gateway writes is taken', async (t) => {
  const { ask, access } = pages(t);
  const seen = async (said: string) => {
    await ask('POST', '/api/tokens', { 'x-forwarded-for': said });
    return access.audit.list({ most: 1, environments: null })[0]!.from;
  };
  assert.equal(await seen('203.0.113.9'), '203.0.113.9');
  assert.equal(await seen('2001:db8::1'), '2001:db8::1');
  assert.equal(await seen('203.0.113.9, 10.0.0.1'), 'unknown');
  assert.equal(await seen('<script>'), 'unknown');
});

test('no page comes near the limit of requests; a program that goes on without end meets it', async (t) => {
  const { ask, bearer, engine } = pages(t);
  const token = bearer([{ role: 'viewer', environment: 'local' }]);
  const other = bearer([{ role: 'viewer', environment: 'local' }]);
  for (let i = 0; i < 3000; i++) await ask('GET', '/api/hello', token);
  const limited = await ask('GET', '/api/hello', token);
  assert.deepEqual([limited.statusCode, limited.headers['retry-after']], [429, '60']);
  assert.equal((await ask('GET', '/api/hello', other)).statusCode, 200);
  engine.clock.ms += MINUTE;
  assert.equal((await ask('GET', '/api/hello', token)).statusCode, 200);
});

test('a pasted token opens a session that may no more than it, and ends with it', async (t) => {
  const all = await withAda(t);
  const { access, ask } = all;
  access.accounts.grant('ada', [{ role: 'admin', environment: '*' }]);
  const scope = [{ role: 'viewer', environment: 'local' } as const];
  const { word } = access.accounts.makeToken(owner, { user: 'ada', name: 'web', scope, days: null });
  const session = cookieOf(await post(all, '/sign-in', { token: ` ${word}\n` }));
  const me = (await ask('GET', '/api/me', session)).json();
  assert.deepEqual([me.name, me.kind, me.token, me.grants], ['ada', 'token', 'web', scope]);
  access.accounts.revoke(OWNER, 'ada', 'web');
  assert.equal((await ask('GET', '/api/me', session)).statusCode, 401);
  assert.equal((await post(all, '/sign-in', { token: word })).statusCode, 401);
});

test('a user’s removal, another grant and another password act at once', async (t) => {
  const all = await withAda(t);
  const { access, ask, session } = all;
  const { word } = access.accounts.makeToken(owner, { user: 'ada', name: 'cli', scope: null, days: null });
  const token = { authorization: `Bearer ${word}` };
  const url = '/api/systems/shop/environments/local/down';
  const may = async (who: Record<string, string>) => (await ask('POST', url, who)).statusCode;
  assert.deepEqual([await may(session), await may(token)], [403, 403]);
  access.accounts.grant('ada', [{ role: 'deployer', environment: 'local' }]);
  // The session follows its user; the token has the scope that it was made with.
  assert.deepEqual([await may(session), await may(token)], [404, 403]);
  access.accounts.grant('ada', []);
  assert.deepEqual([await may(session), (await ask('GET', '/api/me', token)).statusCode], [403, 403]);
  const link = access.entrance.passwordLink('ada');
  const fresh = cookieOf(
    await post(all, '/password', { link, password: `${PASSWORD}!`, again: `${PASSWORD}!` }),
  );
  assert.deepEqual([await may(session), await may(fresh)], [401, 403]);
  assert.equal((await post(all, '/sign-in', { name: 'ada', password: PASSWORD })).statusCode, 401);
  access.accounts.remove('ada');
  assert.deepEqual([await may(fresh), await may(token)], [401, 401]);
  access.accounts.add('ada', [{ role: 'admin', environment: '*' }]);
  assert.deepEqual(
    [await may(fresh), await may(token)],
    [401, 401],
    'a new user of the same name is another one',
  );
  assert.equal((await post(all, '/sign-in', { name: 'ada', password: `${PASSWORD}!` })).statusCode, 401);
});

test('what goes on for long ends when the right to it does', async (t) => {
  const { app, access, bearer } = pages(t);
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  const headers = { ...bearer([{ role: 'viewer', environment: 'local' }]), host: HOST };
  const [token] = access.accounts.tokens(OWNER);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const stream = http.get(new URL('/api/events', address), { headers }, (response) => {
    response.resume().once('close', () => resolve(response.complete ? 'ended' : 'cut'));
    access.accounts.grant(token!.user, []);
  });
  stream.once('error', reject);
  assert.equal(await promise, 'cut');
});

test('nobody makes a token that may more than they, or that outlives theirs', async (t) => {
  const { ask, access, bearer } = pages(t);
  const token = bearer([{ role: 'deployer', environment: 'local' }], 10);
  const user = access.accounts.tokens(OWNER)[0]!.user;
  const make = async (wish: object, who = token) => {
    const answer = (await ask('POST', '/api/tokens', who, { name: 'more', ...wish })).json();
    return answer.error?.code ?? answer;
  };
  assert.equal(await make({ scope: [{ role: 'admin', environment: 'local' }] }), 'access-denied');
  assert.equal(await make({ scope: [{ role: 'viewer', environment: '*' }] }), 'access-denied');
  assert.equal(await make({ user: 'somebody' }), 'access-denied');
  assert.equal(await make({ days: 11 }), 'token-days');
  for (const days of [0, 366, 1.5, -1]) assert.equal(await make({ days }), 'token-days', String(days));
  const made = await make({});
  assert.deepEqual([made.user, made.scope], [user, [{ role: 'deployer', environment: 'local' }]]);
  assert.equal(made.expiresAt, access.accounts.tokens(OWNER).find(({ name }) => name === 'test')!.expiresAt);
  assert.match(made.word, /^esc_[\w-]{43}$/);
  assert.equal(await make({}), 'token-there');
  const other = bearer([{ role: 'viewer', environment: 'local' }]);
  assert.deepEqual((await ask('GET', '/api/tokens', other)).json().length, 1);
  const revoke = (who: Record<string, string>) => ask('POST', `/api/tokens/${user}/more/revoke`, who, {});
  assert.equal((await revoke(other)).json().error.code, 'token-unknown');
  assert.equal((await revoke(token)).statusCode, 200);
});

/** Words that mean something to a shell, to git, to a path, to markup, or to a reader's eye. */
const HOSTILE = [
  ...[';id', '$(id)', '`id`', "'", '"', 'a\nb', 'a\0b', '../up', '-rf', '--upload-pack=x', 'a\u202eb'],
  ...['<script>', '__proto__', 'é', 'a'.repeat(300)],
];

test('hostile words in every field that a person sets here are refused', async (t) => {
  const { ask, askSocket, access } = pages(t);
  access.accounts.add('ada', []);
  const refused = async (url: string, payload: object) => {
    const answer = await askSocket('POST', url, {}, payload);
    assert.ok(
      [400, 404, 414, 422].includes(answer.statusCode),
      `${url} ${JSON.stringify(payload)}: ${answer.statusCode}`,
    );
  };
  for (const word of HOSTILE) {
    await refused('/api/users', { name: word, grants: [] });
    await refused('/api/users', { name: 'bob', grants: [{ role: 'viewer', environment: word }] });
    await refused('/api/users', { name: 'bob', grants: [{ role: word, environment: '*' }] });
    await refused('/api/tokens', { user: 'ada', name: word });
    await refused('/api/tokens', { user: word, name: 'laptop' });
    await refused('/api/tokens', {
      user: 'ada',
      name: 'laptop',
      scope: [{ role: 'viewer', environment: word }],
    });
    const part = encodeURIComponent(word);
    for (const verb of ['grants', 'link', 'remove'])
      await refused(`/api/users/${part}/${verb}`, { grants: [] });
    await refused(`/api/tokens/ada/${part}/revoke`, {});
    await refused(`/api/tokens/${part}/laptop/revoke`, {});
    const found = await askSocket('GET', `/api/audit?system=${part}&environment=${part}`, {});
    assert.deepEqual([found.statusCode, found.json()], [200, []]);
    for (const url of [`/sign-in?token=${part}`, `/password?link=${part}`]) {
      const page = await ask('GET', url);
      assert.ok(!page.body.includes('<script>'), url);
    }
  }
  assert.deepEqual(
    access.accounts.users().map(({ name }) => name),
    ['ada'],
  );
  assert.deepEqual(access.accounts.tokens(OWNER), []);
});

test('a hostile name comes back on the page as the text that it is', async (t) => {
  const all = pages(t);
  const name = '"><script>alert(1)</script>&';
  const { body } = await post(all, '/sign-in', { name, password: 'x' });
  assert.ok(!body.includes('<script>'));
  assert.ok(body.includes('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;"'));
});

test('a form that is too large, or of another kind, is refused', async (t) => {
  const all = pages(t);
  assert.equal((await post(all, '/sign-in', { name: 'a'.repeat(9000), password: 'x' })).statusCode, 413);
  const other = await post(all, '/sign-in', {}, { 'content-type': 'text/xml' });
  assert.equal(other.statusCode, 415);
});
