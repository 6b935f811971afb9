import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

interface Answer {
  at: string;
  status: number;
  said: string;
}

test('a service finds another one at a lasting address, over updates and kills', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('one-service-calls-another');
  await escale.must(['deploy'], system.folder);
  const ask = async () => JSON.parse(await escale.body(system.host)) as Answer;
  const first = await ask();
  assert.deepEqual([first.status, first.said], [200, 'the back']);
  assert.match(first.at, /^http:\/\/127\.0\.0\.1:\d+$/);
  const [front] = (await escale.service(system.name, 'front')).instances;

  system.edit('back/server.ts', (text) => text.replace('the back', 'the new back'));
  const { stdout } = await escale.must(['deploy'], system.folder);
  assert.doesNotMatch(stdout, /start front/, 'only what changed is replaced');
  const second = await ask();
  assert.deepEqual(second, { at: first.at, status: 200, said: 'the new back' });
  assert.equal((await escale.service(system.name, 'front')).instances[0]?.id, front!.id);

  for (const { pid } of (await escale.service(system.name, 'back')).instances) process.kill(pid!, 'SIGKILL');
  assert.deepEqual(await ask(), second, 'the call waits for a new instance');
});

test('an inside address that a stranger took while nothing ran is another one after that', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('one-service-calls-another');
  await escale.must(['deploy'], system.folder);
  const ask = async () => JSON.parse(await escale.body(system.host)) as Answer;
  const { at } = await ask();
  await escale.must(['down', '--all']);
  const stranger = net
    .createServer((socket) => socket.destroy())
    .listen(Number(new URL(at).port), '127.0.0.1');
  t.after(() => stranger.close());
  await escale.must(['up', '--detach'], system.folder);
  const answer = await ask();
  assert.deepEqual([answer.status, answer.said], [200, 'the back']);
  assert.notEqual(answer.at, at);
});
