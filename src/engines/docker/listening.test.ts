import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { listeningIn } from './listening.ts';

async function portOn(t: TestContext, host: string): Promise<number> {
  const server = net.createServer().listen(0, host);
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as net.AddressInfo).port;
}

for (const host of ['0.0.0.0', '::'])
  test(`what listens on ${host} is reached`, async (t) => {
    const port = await portOn(t, host);
    assert.deepEqual(await listeningIn(process.pid, '127.0.0.1', port), { state: 'own' });
  });

for (const host of ['127.0.0.1', '127.8.9.10', '::1'])
  test(`what listens on ${host} answers nobody outside its container`, async (t) => {
    const port = await portOn(t, host);
    assert.deepEqual(await listeningIn(process.pid, '127.0.0.1', port), {
      state: 'unreachable',
      reason: `it listens on port ${port} for itself only (127.0.0.1): read HOST from the environment, too`,
    });
  });

test('what listens elsewhere is told, without the resolver of Docker', async (t) => {
  const [port, resolver] = [await portOn(t, '0.0.0.0'), await portOn(t, '127.0.0.11')];
  const found = await listeningIn(process.pid, '127.0.0.1', 1);
  assert.ok(found.state === 'none' && found.otherPorts.includes(port), JSON.stringify(found));
  assert.ok(!found.otherPorts.includes(resolver), JSON.stringify(found));
});
