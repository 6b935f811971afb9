import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { INSTANCE_PORTS, INTERNAL_PORTS, isFree, nextPort } from './ports.ts';

async function listen(t: TestContext, options: net.ListenOptions): Promise<number> {
  const server = net.createServer().listen({ port: 0, ...options });
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as net.AddressInfo).port;
}

test('a port is not free while anybody listens on it, on loopback or everywhere', async (t) => {
  for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
    const port = await listen(t, { host });
    assert.equal(await isFree(port), false, host);
  }
});

test('a port is free again when its listener is gone, and looking leaves nothing behind', async (t) => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  assert.equal(await isFree(port), true);
  assert.equal(await isFree(port), true);
  assert.equal(await listen(t, { port, host: '127.0.0.1' }), port);
});

test('the next port leaves out what is taken and what is in use, and wraps around once', async (t) => {
  const used = await listen(t, { host: '127.0.0.1' });
  const range = { first: used - 1, last: used };
  assert.equal(await nextPort(range, used, new Set()), used - 1);
  await assert.rejects(nextPort(range, used, new Set([used - 1])), {
    message: `no free port between ${used - 1} and ${used}`,
  });
});

test('a start beyond the range begins anew inside it', async () => {
  const port = await nextPort(INSTANCE_PORTS, INSTANCE_PORTS.last + 1, new Set());
  assert.ok(port >= INSTANCE_PORTS.first && port <= INSTANCE_PORTS.last);
});

test('ports that are given out lie below this host’s ephemeral range', (t) => {
  const text = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  const first = Number(text.trim().split(/\s+/)[0]);
  if (first !== 32_768) return t.skip(`this host has another ephemeral range, from ${first}`);
  assert.ok(INSTANCE_PORTS.last < INTERNAL_PORTS.first && INTERNAL_PORTS.last < first);
});
