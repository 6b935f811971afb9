import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { startHello } from './testing/instance.ts';

test('the metrics carry both families of names, and no path that a client made up', async (t) => {
  const { url } = await startHello(t);
  for (let i = 0; i < 3; i++) await (await fetch(url)).text();
  await (await fetch(`${url}/status/503`)).text();
  await (await fetch(`${url}/made/up?by=client`)).text();
  const answer = await fetch(`${url}/metrics`);
  const text = await answer.text();
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const root = '{method="GET",path="/",status="200"}';
  for (const name of [
    'http_requests_total',
    'flask_http_request_total',
    'http_request_duration_seconds_count',
    'flask_http_request_duration_seconds_count',
  ])
    assert.ok(text.includes(`\n${name}${root} 3\n`), name);
  assert.ok(text.includes('http_requests_total{method="GET",path="/status/{code}",status="503"} 1\n'));
  assert.ok(text.includes('http_requests_total{method="GET",path="(none)",status="404"} 1\n'));
  assert.ok(text.includes('# TYPE flask_http_request_exceptions_total counter'));
  assert.ok(!text.includes('made'));
});

const promtool = spawnSync('promtool', ['--version']).error === undefined;

test('promtool accepts the metrics', { skip: promtool ? false : 'promtool is not installed' }, async (t) => {
  const { url } = await startHello(t, { HELLO_FAULTS: '1' });
  await fetch(`${url}/fault_injection/enable`, { method: 'POST' });
  await fetch(url);
  const input = await (await fetch(`${url}/metrics`)).text();
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.equal(status, 0, stdout + stderr);
  assert.equal(stdout + stderr, '');
});
