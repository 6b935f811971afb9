import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { type TestContext, test } from 'node:test';
import { listeningOf, parseSockets, portHolder } from './sockets.ts';

/** /proc/net/tcp of a real host: two that listen, one connection, one that waits for its end. */
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 182934 1 0000000000000000 100 0 0 10 0                    
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 16417 1 0000000000000000 100 0 0 10 0                     
   2: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 182977 1 0000000000000000 20 4 30 10 -1                   
   3: 0100007F:D431 0100007F:1F90 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000                                      
`;

const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1FBB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 190001 1 0000000000000000 100 0 0 10 0
`;

test('the sockets that listen, whole', () => {
  assert.deepEqual(parseSockets(TCP), [
    { address: '0100007F', port: 8080, inode: '182934' },
    { address: '00000000', port: 22, inode: '16417' },
  ]);
  assert.deepEqual(parseSockets(TCP6), [{ address: '0'.repeat(32), port: 8123, inode: '190001' }]);
});

test('an empty table, and none', () => {
  assert.deepEqual(parseSockets(TCP.split('\n')[0]!), []);
  assert.deepEqual(parseSockets(''), []);
});

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
