import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('an address is told of a rollout, signed; one inside only where that was said', async (t) => {
  const heard: { type: unknown; signature: unknown; body: string }[] = [];
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { 'x-escale-event': type, 'x-escale-signature-256': signature } = request.headers;
    heard.push({ type, signature, body });
    response.end();
    server.emit('told');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const escale = await startEscale(t);
  const { folder, name } = escale.system('static-site');
  const run = (...words: string[]) => escale.start(words, folder).ended;

  const refused = await run('webhook', 'add', url.replace('http:', 'https:'));
  assert.deepEqual([refused.code, /address of this host/.test(refused.stderr)], [1, true]);
  const added = await run('webhook', 'add', url, '--allow-inside', '--type', 'rollout-promoted', '--json');
  const { id, secret } = JSON.parse(added.stdout);
  assert.equal((await run('webhook', 'test', String(id))).code, 0);

  const told = once(server, 'told');
  assert.equal((await run('deploy')).code, 0);
  await told;
  assert.deepEqual(
    heard.map(({ type }) => type),
    ['test', 'rollout-promoted'],
  );
  const { body, signature } = heard[1]!;
  assert.equal(signature, `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  assert.deepEqual([JSON.parse(body).system, JSON.parse(body).release], [name, 1]);
  assert.doesNotMatch((await run('webhook', 'list', '--json')).stdout, new RegExp(`${secret}|${url}`));
});
