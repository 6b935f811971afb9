import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchangeRaw, startHello } from '../testing/instance.ts';
import { afterCrash } from './back-off.ts';

const crashing = { NODE_OPTIONS: `--import=${import.meta.dirname}/../testing/crash-on-request.ts` };

test('the counts of four workers add up exactly, over many connections', async (t) => {
  const { port, url } = await startHello(t, { WORKERS: '4' });
  const one = 'GET /version HTTP/1.1\r\nHost: a\r\n';
  const answers = await Promise.all(
    Array.from({ length: 40 }, () =>
      exchangeRaw(t, port, `${`${one}\r\n`.repeat(9)}${one}Connection: close\r\n\r\n`),
    ),
  );
  assert.equal(answers.join('').match(/HTTP\/1\.1 200/g)?.length, 400);
  const labels = '{method="GET",path="/version",status="200"}';
  for (let scrape = 0; scrape < 5; scrape++) {
    const text = await (await fetch(`${url}/metrics`, { headers: { connection: 'close' } })).text();
    for (const name of [
      'http_requests_total',
      'flask_http_request_total',
      'http_request_duration_seconds_count',
    ])
      assert.ok(text.includes(`\n${name}${labels} 400\n`), name);
  }
});

test('switches thrown through one worker hold for all', async (t) => {
  const { port, url } = await startHello(t, { WORKERS: '4', HELLO_FAULTS: '1' });
  const statuses = async (path: string) => {
    const close = 'HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    const answers = Array.from({ length: 20 }, () => exchangeRaw(t, port, `GET ${path} ${close}`));
    return [...new Set((await Promise.all(answers)).map((answer) => answer.slice(9, 12)))];
  };
  await fetch(`${url}/readyz/disable`, { method: 'POST' });
  assert.deepEqual(await statuses('/readyz'), ['503']);
  await fetch(`${url}/readyz/enable`, { method: 'POST' });
  assert.deepEqual(await statuses('/readyz'), ['200']);
  await fetch(`${url}/fault_injection/enable`, { method: 'POST' });
  assert.deepEqual(await statuses('/'), ['500']);
  await fetch(`${url}/fault_injection/disable`, { method: 'POST' });
  assert.deepEqual(await statuses('/'), ['200']);
});

test('/panic in one worker ends the instance with 255', async (t) => {
  const { url, exited } = await startHello(t, { WORKERS: '4' });
  await assert.rejects(fetch(`${url}/panic`));
  assert.equal(await exited, 255);
});

test('an unhandled rejection ends a lone instance loudly', async (t) => {
  const { url, exited, errors } = await startHello(t, crashing);
  await fetch(url, { headers: { 'x-crash': 'yes' } }).catch(() => {});
  assert.equal(await exited, 1);
  assert.match(await errors, /crash wanted by a test/);
});

test('a crashed worker is told of, missed, and replaced; what it had counted stays', async (t) => {
  const hello = await startHello(t, { WORKERS: '2', ...crashing });
  const ask = (path: string) => fetch(hello.url + path, { headers: { connection: 'close' } });
  for (let i = 0; i < 10; i++) await ask('/version');
  await ask('/metrics');
  await fetch(hello.url, { headers: { 'x-crash': 'yes' } }).catch(() => {});
  /** Null for a connection that waited on the dying worker's socket. */
  const health = () =>
    ask('/healthz').then(
      ({ status }) => status,
      () => null,
    );
  while ((await health()) !== 503);
  while ((await health()) !== 200);
  const text = await (await ask('/metrics')).text();
  assert.ok(text.includes('http_requests_total{method="GET",path="/version",status="200"} 10\n'));
  hello.process.kill('SIGTERM');
  assert.equal(await hello.exited, 0);
  assert.match(await hello.errors, /a worker crashed:[\s\S]*crash wanted by a test/);
});

for (const workers of ['1', '4'])
  test(`a taken port is refused, even one that other workers share (WORKERS=${workers})`, async (t) => {
    const { port } = await startHello(t, { WORKERS: '2' });
    await assert.rejects(
      startHello(t, { PORT: String(port), WORKERS: workers }),
      /exit 1: [\s\S]*EADDRINUSE/,
    );
  });

test('the wait before a restart doubles up to 5 s, and begins anew after a stable time', () => {
  const waits = [0, 1, 2, 3, 4, 5, 6].map((before) => afterCrash(before, 0).waitMs);
  assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 5000]);
  assert.deepEqual(afterCrash(6, 10_000), { crashes: 1, waitMs: 100 });
});
