import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { listeningOf, portHolder } from './sockets.ts';

/** A process that leads a session and listens, itself or through a child; its pid and port. */
async function listener(t: TestContext, host: string, through: 'itself' | 'a child') {
  const listen = `require('node:net').createServer().listen(0, '${host}', function () { console.log(this.address().port); });`;
  const program =
    through === 'itself'
      ? listen
      : `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(listen)}], { stdio: 'inherit' }); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', program], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => process.kill(-child.pid!, 'SIGKILL'));
  const [said] = await once(child.stdout, 'data');
  return { pid: child.pid!, port: Number(said) };
}

for (const through of ['itself', 'a child'] as const)
  for (const host of ['127.0.0.1', '0.0.0.0', '::'])
    test(`a socket on ${host} of ${through} is its own`, async (t) => {
      const { pid, port } = await listener(t, host, through);
      assert.deepEqual(listeningOf(pid, port), { state: 'own' });
    });

test('a port that somebody else holds is named with its holder', async (t) => {
  const { pid } = await listener(t, '127.0.0.1', 'itself');
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as net.AddressInfo;
  const { state, holder } = listeningOf(pid, port) as { state: string; holder: string };
  assert.equal(state, 'foreign');
  assert.ok(holder.endsWith(`(pid ${process.pid})`), holder);
  assert.equal(portHolder(port), holder);
});

test('a port that nobody holds; what it listens on instead is told', async (t) => {
  const { pid, port } = await listener(t, '127.0.0.1', 'a child');
  assert.deepEqual(listeningOf(pid, 1), { state: 'none', otherPorts: [port] });
  assert.deepEqual(listeningOf(2 ** 22 + 1, 1), { state: 'none', otherPorts: [] });
});
