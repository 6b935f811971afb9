import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { LogLine, LogQuery } from '../core/contracts/index.ts';
import { type LogSource, LogStore } from './log-store.ts';

const WEB: LogSource = {
  system: 'shop',
  environment: 'local',
  service: 'web',
  instance: 'shop-web-a',
  release: 2,
};
const SHOP: LogQuery = { system: 'shop', environment: 'local' };
const NEVER = new AbortController().signal;

function temporary(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-logs-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function chunk(bytes: string | Uint8Array, more: { stream?: 'out' | 'err'; lostBytes?: number } = {}) {
  return { stream: 'out' as const, bytes: Buffer.from(bytes as string), lostBytes: 0, ...more };
}

async function linesOf(store: LogStore, query: LogQuery = SHOP, services = ['web']): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of store.read(query, services, NEVER)) lines.push(line);
  return lines;
}

const texts = async (...args: Parameters<typeof linesOf>) => (await linesOf(...args)).map(({ text }) => text);

test('a line, whole', async (t) => {
  const store = new LogStore(temporary(t));
  store.append(WEB, chunk('hello\n', { stream: 'err' }), 7);
  assert.deepEqual(await linesOf(store), [
    { at: 7, service: 'web', instance: 'shop-web-a', release: 2, stream: 'err', text: 'hello' },
  ]);
});

const CUTS: [string, string[], string[]][] = [
  ['nothing', [''], []],
  ['a line in two chunks', ['hel', 'lo\n'], ['hello']],
  ['two lines in one chunk', ['a\nb\n'], ['a', 'b']],
  ['an end of line alone', ['a', '\n', 'b\n'], ['a', 'b']],
  ['empty lines', ['\n\na\n'], ['', '', 'a']],
  ['what has no end yet', ['a\nb'], ['a']],
];

for (const [name, chunks, expected] of CUTS)
  test(`cut into lines: ${name}`, async (t) => {
    const store = new LogStore(temporary(t));
    for (const bytes of chunks) store.append(WEB, chunk(bytes), 1);
    assert.deepEqual(await texts(store), expected);
  });

test('characters of several bytes survive a cut at every byte', async (t) => {
  const store = new LogStore(temporary(t));
  const text = 'é€😀 déjà vu';
  for (const byte of Buffer.from(`${text}\n`)) store.append(WEB, chunk(Uint8Array.of(byte)), 1);
  assert.deepEqual(await texts(store), [text]);
});

test('the two streams, and two instances, are cut apart', async (t) => {
  const store = new LogStore(temporary(t));
  const other = { ...WEB, instance: 'shop-web-b' };
  store.append(WEB, chunk('o'), 1);
  store.append(WEB, chunk('e', { stream: 'err' }), 2);
  store.append(other, chunk('x'), 3);
  store.append(WEB, chunk('ut\n'), 4);
  store.append(WEB, chunk('rr\n', { stream: 'err' }), 5);
  store.append(other, chunk('y\n'), 6);
  assert.deepEqual(
    (await linesOf(store)).map(({ instance, stream, text }) => `${instance} ${stream} ${text}`),
    ['shop-web-a out out', 'shop-web-a err err', 'shop-web-b out xy'],
  );
});

test('what an instance left without an end is a line once it has ended, and once only', async (t) => {
  const store = new LogStore(temporary(t));
  store.append(WEB, chunk('last words é'), 1);
  store.append(WEB, chunk(Uint8Array.of(0xc3)), 1);
  store.append(WEB, chunk('panic', { stream: 'err' }), 1);
  store.finish(WEB, 2);
  store.finish(WEB, 3);
  assert.deepEqual(
    (await linesOf(store)).map(({ at, stream, text }) => [at, stream, text]),
    [
      [2, 'out', 'last words é\ufffd'],
      [2, 'err', 'panic'],
    ],
  );
});

test('lost bytes are told where they are missing, and what stands before and after is not one line', async (t) => {
  const store = new LogStore(temporary(t));
  store.append(WEB, chunk('before\nbefore the g'), 1);
  store.append(WEB, chunk('after the gap\nafter\n', { lostBytes: 500 }), 2);
  assert.deepEqual(
    (await linesOf(store)).map(({ stream, text }) => `${stream}: ${text}`),
    [
      'out: before',
      'out: before the g',
      'escale: 500 bytes of output came too fast and were not kept',
      'out: after the gap',
      'out: after',
    ],
  );
});

test('a line without an end does not grow for ever', async (t) => {
  const store = new LogStore(temporary(t));
  for (let index = 0; index < 100; index++) store.append(WEB, chunk('x'.repeat(1000)), 1);
  store.append(WEB, chunk('\n'), 1);
  const lines = await texts(store);
  assert.deepEqual(
    lines.map(({ length }) => length),
    [16_384, 16_384, 16_384, 16_384, 16_384, 16_384, 1696],
  );
});

test('a long line becomes several, none cut inside a character, nothing lost', async (t) => {
  const store = new LogStore(temporary(t));
  const long = `a${'😀'.repeat(10_000)}`;
  store.append(WEB, chunk(`${long}\nshort\n`), 1);
  const lines = await texts(store);
  assert.deepEqual(
    lines.map((line) => Buffer.byteLength(line)),
    [16_381, 16_384, 7236, 5],
  );
  assert.equal(lines.slice(0, 3).join(''), long);
});

test('Escale’s own lines stand between those of the instance', async (t) => {
  const store = new LogStore(temporary(t));
  store.append(WEB, chunk('one\n'), 1);
  store.note(WEB, 'ready after 12 ms', 2);
  store.append(WEB, chunk('two\n'), 3);
  assert.deepEqual(await texts(store), ['one', 'ready after 12 ms', 'two']);
  assert.deepEqual(store.lastLines(WEB, 2), ['two']);
  assert.deepEqual(store.lastLines(WEB, 3), ['one', 'two']);
});

test('services are mixed in order of time; a query narrows them', async (t) => {
  const store = new LogStore(temporary(t));
  const api = { ...WEB, service: 'api', instance: 'shop-api-a' };
  const other = { ...WEB, instance: 'shop-web-b' };
  store.append(WEB, chunk('1\n'), 1);
  store.append(api, chunk('2\n'), 2);
  store.append(other, chunk('3\n'), 3);
  store.append(WEB, chunk('4\n'), 4);
  const all = ['web', 'api'];
  assert.deepEqual(await texts(store, SHOP, all), ['1', '2', '3', '4']);
  assert.deepEqual(await texts(store, { ...SHOP, service: 'web' }, all), ['1', '3', '4']);
  assert.deepEqual(await texts(store, { ...SHOP, instance: 'shop-web-a' }, all), ['1', '4']);
  assert.deepEqual(await texts(store, { ...SHOP, tail: 2 }, all), ['3', '4']);
  assert.deepEqual(await texts(store, { ...SHOP, tail: 9 }, all), ['1', '2', '3', '4']);
  assert.deepEqual(await texts(store, { ...SHOP, environment: 'staging' }, all), []);
});

test('a log goes on after a restart, and over a line that a crash cut', async (t) => {
  const folder = temporary(t);
  new LogStore(folder).append(WEB, chunk('one\n'), 1);
  appendFileSync(path.join(folder, 'local/shop/web.jsonl'), '{"at":2,"serv');
  const store = new LogStore(folder);
  store.append(WEB, chunk('two\n'), 3);
  store.append(WEB, chunk('three\n'), 4);
  const lines = await texts(store);
  assert.deepEqual(lines, ['one', 'two', 'three']);
});

test('the disk that a log takes is bounded, the newest lines are kept, nobody else may read them', async (t) => {
  const folder = temporary(t);
  const store = new LogStore(folder);
  const long = 'x'.repeat(15_000);
  const bytes = Array.from({ length: 60 }, () => `${long}\n`).join('');
  for (let index = 0; index < 60; index++) store.append(WEB, chunk(bytes), index);
  store.append(WEB, chunk('the newest\n'), 99);
  const place = path.join(folder, 'local/shop');
  const sizes = readdirSync(place).map((name) => statSync(path.join(place, name)).size);
  assert.ok(sizes.length >= 3 && sizes.length <= 4, `${sizes.length} files`);
  assert.ok(sizes.every((size) => size < (8 << 20) + 2 * bytes.length));
  assert.equal((await texts(store)).at(-1), 'the newest');
  assert.equal(statSync(path.join(place, 'web.jsonl')).mode & 0o777, 0o600);
  assert.equal(statSync(place).mode & 0o777, 0o700);
});

test('following: what is there, then what comes, of this system only', async (t) => {
  const store = new LogStore(temporary(t));
  const stop = new AbortController();
  store.append(WEB, chunk('past\n'), 1);
  const seen: string[] = [];
  for await (const { text } of store.read({ ...SHOP, follow: true, service: 'web' }, ['web'], stop.signal)) {
    seen.push(text);
    if (text === 'past') {
      store.append({ ...WEB, system: 'blog' }, chunk('of another\n'), 2);
      store.append({ ...WEB, service: 'api' }, chunk('of the api\n'), 2);
      store.append(WEB, chunk('now\n'), 3);
      setImmediate(() => store.append(WEB, chunk('later\n'), 4));
    }
    if (text === 'later') setImmediate(() => stop.abort());
  }
  assert.deepEqual(seen, ['past', 'now', 'later']);
});

test('following for long keeps one listener on its signal, and none afterwards', async (t) => {
  const store = new LogStore(temporary(t));
  const stop = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = stop.signal;
  stop.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners += 1;
    addEventListener.apply(stop.signal, args);
  };
  stop.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners -= 1;
    removeEventListener.apply(stop.signal, args);
  };
  let seen = 0;
  store.append(WEB, chunk('0\n'), 1);
  for await (const _ of store.read({ ...SHOP, follow: true }, ['web'], stop.signal)) {
    assert.ok(listeners <= 1, `${listeners} listeners after ${seen} lines`);
    if (seen++ === 20) break;
    setImmediate(() => store.append(WEB, chunk('more\n'), 2));
  }
  assert.equal(listeners, 0);
});

test('a disk that takes nothing loses lines, not instances; who follows still sees them', async (t) => {
  const folder = temporary(t);
  const store = new LogStore(folder);
  mkdirSync(path.join(folder, 'local/shop/web.jsonl'), { recursive: true });
  const stop = new AbortController();
  setImmediate(() => store.append(WEB, chunk('one\n'), 1));
  for await (const { text } of store.read({ ...SHOP, follow: true }, [], stop.signal)) {
    assert.equal(text, 'one');
    stop.abort();
  }
});
