import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { EscaleError } from '../../core/errors/index.ts';
import { seal } from '../../secrets/index.ts';
import { Store } from '../store/index.ts';
import { bodyOf, LONGEST_MS, type Notice, pauseAfter } from './notice.ts';
import { NoticeStore } from './notice-store.ts';
import { Notices } from './notices.ts';

const KEY = Buffer.alloc(32, 1);
const PROMOTED = {
  ...({ type: 'rollout-promoted', at: 0, system: 'shop', environment: 'production', release: 7 } as const),
  message: 'release 7 runs',
};

interface Heard {
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Somebody who is told; answers with the statuses in turn, then 200. */
async function listener(t: TestContext, statuses: (number | 'hang')[] = []) {
  const heard: Heard[] = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    heard.push({ headers: request.headers, body });
    const status = statuses.shift() ?? 200;
    if (status === 'hang') return;
    response.writeHead(status, status === 302 ? { location: `${url}elsewhere` } : {}).end();
    server.emit('answered');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, heard, answered: () => once(server, 'answered') };
}

function noticesIn(t: TestContext) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-notices-'));
  const file = path.join(folder, 'escale.db');
  const store = new Store(file);
  const { sql } = store;
  const clock = { now: 1_000_000 };
  const gaveUp: string[] = [];
  const make = () =>
    new Notices({
      ...{ sql, key: KEY, pagesUrl: 'http://escale.localhost:8080/', now: () => clock.now },
      gaveUp: (_webhook, message) => gaveUp.push(message),
    });
  const notices = make();
  t.after(() => {
    notices.close();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const add = (url: string, more: { types?: string[]; format?: 'json' | 'slack' } = {}) =>
    notices.add({ url, format: 'json', types: [], allowInside: true, ...more });
  return { notices, make, sql, clock, gaveUp, add, file };
}

/** Until what was sent has been written down. */
async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setImmediate(resolve));
}

test('an address is told, with a signature that its secret proves', async (t) => {
  const { url, heard, answered } = await listener(t);
  const { notices, add } = noticesIn(t);
  const { secret, id } = await add(url);
  notices.resume();
  notices.tell({ ...PROMOTED, at: Date.UTC(2026, 10, 26) });
  await answered();
  const [{ headers, body }] = heard as [Heard];
  assert.deepEqual(JSON.parse(body), {
    ...{ type: 'rollout-promoted', system: 'shop', environment: 'production', message: 'release 7 runs' },
    ...{ url: 'http://escale.localhost:8080/', at: '2026-11-26T00:00:00.000Z', release: 7 },
  });
  const expected = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  assert.equal(headers['x-escale-signature-256'], expected);
  assert.equal(headers['x-escale-event'], 'rollout-promoted');
  assert.match(String(headers['x-escale-delivery']), /^[0-9a-f-]{36}$/);
  await until(() => notices.list()[0]!.waiting === 0);
  const { toldAt, problem } = notices.list()[0]!;
  assert.deepEqual([id, toldAt, problem], [1, 1_000_000, null]);
});

test('only what it asked for; other events are nobody’s business', async (t) => {
  const { url, heard, answered } = await listener(t);
  const { notices, add } = noticesIn(t);
  await add(url, { types: ['drift'] });
  notices.resume();
  const event = { ...PROMOTED, service: '', instance: '' };
  for (const type of ['rollout-promoted', 'instance-crashed', 'drift']) notices.hear({ ...event, type });
  await answered();
  assert.deepEqual(
    heard.map(({ headers }) => headers['x-escale-event']),
    ['drift'],
  );
});

test('what is not taken is sent again, the same, later and later; a redirect is not followed', async (t) => {
  const { url, heard, answered } = await listener(t, [500, 302]);
  const { notices, add, clock } = noticesIn(t);
  await add(url);
  notices.resume();
  notices.tell(PROMOTED);
  for (const [attempt, problem] of [
    [1, 'answer 500'],
    [2, 'answer 302: redirects are not followed'],
  ] as const) {
    await answered();
    await until(() => notices.list()[0]!.problem === problem);
    assert.equal(heard.length, attempt);
    clock.now += pauseAfter(attempt);
    notices.resume();
  }
  await answered();
  await until(() => notices.list()[0]!.waiting === 0);
  const ids = new Set(heard.map(({ headers, body }) => `${headers['x-escale-delivery']} ${body}`));
  assert.deepEqual([heard.length, ids.size, notices.list()[0]!.problem], [3, 1, null]);
});

test('after a day it is given up, and said', async (t) => {
  const { url, answered } = await listener(t, [500]);
  const { notices, add, clock, gaveUp } = noticesIn(t);
  await add(url);
  notices.tell(PROMOTED);
  clock.now += LONGEST_MS;
  notices.resume();
  await answered();
  await until(() => notices.list()[0]!.waiting === 0);
  assert.equal(notices.list()[0]!.problem, 'given up after a day: answer 500');
  assert.equal(gaveUp.length, 1);
});

test('what waits outlives the process, and an address that hangs keeps no other waiting', async (t) => {
  const [slow, quick] = [await listener(t, ['hang']), await listener(t)];
  const { notices, make, add } = noticesIn(t);
  await add(slow.url);
  await add(quick.url);
  notices.tell(PROMOTED);
  notices.close();
  const next = make();
  t.after(() => next.close());
  next.resume();
  await quick.answered();
  await until(() => next.list()[1]!.waiting === 0 && slow.heard.length === 1);
  assert.equal(next.list()[0]!.waiting, 1);
  next.close();
  const last = make();
  t.after(() => last.close());
  last.resume();
  await slow.answered();
  await until(() => last.list()[0]!.waiting === 0);
  assert.equal(slow.heard[0]!.headers['x-escale-delivery'], slow.heard[1]!.headers['x-escale-delivery']);
});

test('addresses inside are refused when they are added, and again when they are called', async (t) => {
  const { url, heard } = await listener(t);
  const { notices, sql } = noticesIn(t);
  const inside = [
    'https://127.0.0.1/',
    'https://localhost/',
    'https://[::1]/',
    'https://169.254.169.254/',
    'https://100.64.0.1/',
    'https://[fd00::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://2130706433/',
  ];
  for (const each of inside)
    await assert.rejects(
      notices.add({ url: each, format: 'json', types: [], allowInside: false }),
      (error: EscaleError) => error.code === 'address-inside',
      each,
    );
  // As if its name had led outside when it was added.
  const wish = { host: 'x', format: 'json', types: [], allowInside: false, addedAt: 0 } as const;
  const stored = new NoticeStore(sql).add({ ...wish, types: [] }, (id) =>
    seal(url, ['escale webhook', id], KEY),
  );
  assert.match((await notices.test(stored.id))!, /is an address of this host or its network/);
  assert.deepEqual(heard, []);
});

test('what is no address for a webhook', async (t) => {
  const { notices } = noticesIn(t);
  const wrong: [string, boolean][] = [
    ['hooks.example.org', false],
    ['http://hooks.example.org/', false],
    ['ftp://127.0.0.1/', true],
    ['file:///etc/passwd', true],
    ['https://ada:secret@127.0.0.1/', true],
    [`https://127.0.0.1/${'x'.repeat(2048)}`, true],
  ];
  for (const [url, allowInside] of wrong)
    await assert.rejects(
      notices.add({ url, format: 'json', types: [], allowInside }),
      (error: EscaleError) => error.code === 'webhook-wrong' && !error.message.includes('secret'),
    );
});

test('an address, which may be a secret, is neither listed nor in the open on the disk', async (t) => {
  const { url } = await listener(t);
  const { notices, add, file } = noticesIn(t);
  const { secret } = await add(`${url}geheim-im-pfad`);
  notices.tell(PROMOTED);
  assert.doesNotMatch(JSON.stringify(notices.list()), /geheim|secret/);
  for (const name of [file, `${file}-wal`]) {
    const text = readFileSync(name, 'latin1');
    assert.ok(!text.includes('geheim-im-pfad') && !text.includes(secret), name);
  }
});

test('a test says whether it was taken; what is removed is told nothing more', async (t) => {
  const { url, heard } = await listener(t, [404]);
  const { notices, add } = noticesIn(t);
  const { id } = await add(url);
  assert.equal(await notices.test(id), 'answer 404');
  assert.equal(await notices.test(id), null);
  assert.equal(heard[1]!.headers['x-escale-event'], 'test');
  notices.tell(PROMOTED);
  notices.remove(id);
  notices.resume();
  assert.deepEqual([notices.list(), heard.length], [[], 2]);
  assert.throws(() => notices.remove(id), { code: 'webhook-unknown' });
  assert.notEqual((await add(url)).id, id);
});

test('telling never fails, even where nothing can be written', async (t) => {
  const { notices, sql } = noticesIn(t);
  sql.run('DROP TABLE notice_queue');
  sql.run('DROP TABLE webhooks');
  const said = t.mock.method(console, 'error', () => {});
  notices.tell(PROMOTED);
  assert.equal(said.mock.callCount(), 1);
});

test('Slack gets one text, in which nothing means anything', () => {
  const notice: Notice = { ...PROMOTED, message: '<!channel> & <@U1>', url: 'http://escale.localhost:8080/' };
  assert.deepEqual(JSON.parse(bodyOf(notice, 'slack')), {
    text: '*shop* in production: rollout-promoted (release 7): &lt;!channel&gt; &amp; &lt;@U1&gt;\n<http://escale.localhost:8080/>',
  });
});

test('pauses grow, up to an hour', () => {
  assert.deepEqual(
    [1, 2, 3, 6, 7, 50].map(pauseAfter),
    [5000, 15_000, 60_000, 1_800_000, 3_600_000, 3_600_000],
  );
});
