import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { AuditLog, OWNER } from '../access/index.ts';
import { pages } from '../testing/pages.ts';

const SHOP = '/api/systems/shop/environments/local';

type Pages = ReturnType<typeof pages>;

/** The newest entries in short, oldest first. */
function entries({ access }: Pages, most = 100) {
  return access.audit
    .list({ most, environments: null })
    .toReversed()
    .map(({ who, token, action, system, environment, target, outcome, code }) =>
      [
        token === null ? who : `${who}/${token}`,
        action,
        `${environment}/${system}`,
        target,
        outcome,
        code,
      ].join(' '),
    );
}

test('each change is written down: who, what, where, what came of it', async (t) => {
  const all = pages(t);
  const { ask, askSocket, bearer, deployShop, access } = all;
  await deployShop();
  const deployer = bearer([{ role: 'deployer', environment: 'local' }]);
  const user = access.accounts.tokens(OWNER)[0]!.user;
  await ask('POST', `${SHOP}/scale`, deployer, { numbers: { web: 2 } });
  await ask('POST', `${SHOP}/scale`, deployer, { numbers: { nothing: 2 } });
  await ask('POST', `${SHOP}/delete-data`, deployer, {});
  await ask('POST', `${SHOP}/scale`, deployer, { numbers: 7 });
  await ask('POST', '/api/instances/web-1-0/kill', deployer, {});
  await ask('POST', `${SHOP}/logs`, deployer, {});
  await ask('GET', '/api/overview', deployer);
  await ask('GET', '/api/users', deployer);
  await ask('POST', `${SHOP}/down`, {}, {});
  await askSocket('POST', `${SHOP}/down`, {}, {});
  const who = `${user}/test`;
  await askSocket('GET', '/api/hello', {});
  assert.deepEqual(entries(all), [
    `${who} scale local/shop  done `,
    `${who} scale local/shop  failed service-unknown`,
    `${who} delete-data local/shop  refused access-denied`,
    `${who} scale local/shop  failed request-invalid`,
    `${who} instances kill local/shop web-1-0 done `,
    `${who} logs local/shop  done `,
    `${who} users /  refused access-denied`,
    ' down local/shop  refused not-signed-in',
    'owner down local/shop  done ',
  ]);
  const [scaled] = access.audit.list({ most: 1, environments: null, before: 2 });
  assert.deepEqual(
    [scaled!.detail, scaled!.from, scaled!.kind],
    [{ numbers: { web: 2 } }, '192.0.2.7', 'token'],
  );
});

test('no value of a secret, no password and no token is ever written down', async (t) => {
  const all = pages(t);
  const { askSocket, access } = all;
  const url = '/api/environments/local/secrets';
  const value = 'a-very-secret-value';
  await askSocket('POST', url, {}, { system: 'shop', name: 'API_KEY', value });
  await askSocket('POST', url, {}, { system: 'shop', name: 'no good name', value });
  await askSocket('POST', `${url}/remove`, {}, { system: 'shop', name: 'API_KEY' });
  await askSocket('POST', '/api/users', {}, { name: 'ada', grants: [] });
  const { word } = (await askSocket('POST', '/api/tokens', {}, { user: 'ada', name: 'laptop' })).json();
  await askSocket('POST', `${SHOP}/query`, {}, { sql: `SELECT '${value}'`, write: true });
  assert.deepEqual(entries(all).slice(0, 4), [
    'owner secrets set local/shop  done ',
    'owner secrets set local/shop  failed secret-name',
    'owner secrets remove local/shop  done ',
    'owner users add /  done ',
  ]);
  const text = JSON.stringify(access.audit.list({ most: 100, environments: null }));
  assert.match(text, /API_KEY/);
  assert.ok(!text.includes(value) && !text.includes(word));
});

test('what a crash cuts off stays as begun', async (t) => {
  const all = pages(t);
  const { askSocket, deployShop, engine, access, store } = all;
  await deployShop();
  const during = Promise.withResolvers<string[]>();
  engine.kill = async () => during.resolve(entries(all));
  await askSocket('POST', '/api/instances/web-1-0/kill', {}, {});
  assert.deepEqual(await during.promise, ['owner instances kill local/shop web-1-0 begun ']);
  const [entry] = new AuditLog(store.sql, access.now).list({ most: 1, environments: null });
  assert.equal(entry!.outcome, 'done');
});

test('a change whose caller leaves before its answer ends is written down to its end', async (t) => {
  const all = pages(t);
  const { control, deployShop, controlPlane } = all;
  await deployShop();
  const began = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const { restart } = controlPlane;
  controlPlane.restart = async (...words) => {
    began.resolve();
    await finish.promise;
    return restart.apply(controlPlane, words);
  };
  const address = await control.listen({ port: 0, host: '127.0.0.1' });
  const request = http.request(new URL(`${SHOP}/restart`, address), { method: 'POST' });
  request.once('error', () => {}).end();
  await began.promise;
  assert.deepEqual(entries(all), ['owner restart local/shop  begun ']);
  const ended = Promise.withResolvers<void>();
  const { end } = all.access.audit;
  all.access.audit.end = (...words) => {
    end.apply(all.access.audit, words);
    ended.resolve();
  };
  request.destroy();
  finish.resolve();
  await ended.promise;
  assert.deepEqual(entries(all), ['owner restart local/shop  done ']);
});

test('where the record finds no room, nobody but the owner changes anything', async (t) => {
  const all = pages(t);
  const { ask, askSocket, bearer, deployShop, engine, access } = all;
  await deployShop();
  const deployer = bearer([{ role: 'deployer', environment: 'local' }]);
  const { EscaleError } = await import('../../core/errors/index.ts');
  const killed: string[] = [];
  engine.kill = async (id?: string) => void killed.push(id!);
  t.mock.method(access.audit, 'begin', () => {
    throw new EscaleError('disk-full', 'there is no room left');
  });
  assert.equal((await ask('POST', '/api/instances/web-1-0/kill', deployer, {})).statusCode, 507);
  assert.deepEqual(killed, []);
  assert.equal((await askSocket('POST', '/api/instances/web-1-0/kill', {}, {})).statusCode, 200);
  assert.deepEqual(killed, ['web-1-0']);
});

test('strangers are noted ten times in ten minutes, not without end', async (t) => {
  const all = pages(t);
  for (let i = 0; i < 30; i++) await all.ask('POST', `${SHOP}/down`, {}, {});
  for (let i = 0; i < 30; i++) await all.ask('GET', '/sign-in?token=wrong');
  assert.equal(entries(all).length, 20);
  await all.ask('POST', `${SHOP}/down`, { 'x-forwarded-for': '192.0.2.99' }, {});
  assert.equal(entries(all).length, 21);
});

test('signing in and failing to is written down', async (t) => {
  const all = pages(t);
  await all.signIn();
  await all.ask('GET', '/sign-in?token=wrong');
  await all.ask('GET', '/api/me', { authorization: 'Bearer wrong' });
  assert.deepEqual(entries(all), [
    'owner sign in by link /  done ',
    'owner sign in by link /  refused not-signed-in',
    ' me /  refused not-signed-in',
  ]);
});

test('an admin reads of their environments, page by page', async (t) => {
  const { ask, bearer, access } = pages(t);
  for (const environment of ['local', 'staging', 'local', ''])
    access.audit.add({ who: 'escale', kind: 'escale', action: 'push', environment, system: 'shop' }, 'done');
  const read = async (environment: string, query = '') => {
    const found = await ask('GET', `/api/audit${query}`, bearer([{ role: 'admin', environment }]));
    return found.json().map((entry: { id: number }) => entry.id);
  };
  assert.deepEqual(await read('local'), [3, 1]);
  assert.deepEqual(await read('local', '?limit=1'), [3]);
  assert.deepEqual(await read('local', '?limit=1&before=3'), [1]);
  assert.deepEqual(await read('local', '?environment=staging'), []);
  assert.deepEqual(await read('*', '?environment=staging'), [2]);
  assert.deepEqual(await read('*'), [4, 3, 2, 1]);
  assert.deepEqual(await read('*', '?system=nothing'), []);
});

test('so many are kept, and what was only looked at or refused pushes nothing else out', async (t) => {
  const { store, access } = pages(t);
  access.audit.add({ who: 'ada', kind: 'user', action: 'first' }, 'done');
  store.sql.transaction(() => {
    for (let i = 0; i < 10_300; i++)
      access.audit.addLook({ who: '', kind: 'nobody', action: 'logs' }, 'done', null);
    for (let i = 0; i < 10_300; i++)
      access.audit.add({ who: '', kind: 'nobody', action: 'x' }, 'refused', 'x');
  });
  const count = (shelf: string) =>
    store.sql.one('SELECT count(*) AS number FROM audit WHERE shelf = ?', shelf)!.number as number;
  assert.equal(count('change'), 1);
  for (const shelf of ['look', 'refused']) assert.ok(count(shelf) >= 10_000 && count(shelf) <= 10_100, shelf);
});

test('a text without end is cut', async (t) => {
  const { access } = pages(t);
  const long = 'a'.repeat(1_000_000);
  access.audit.add({ who: long, kind: 'nobody', action: long, target: long, detail: { long } }, 'failed');
  const [entry] = access.audit.list({ most: 1, environments: null });
  assert.ok(JSON.stringify(entry).length < 5000);
});
