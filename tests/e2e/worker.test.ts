import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale, waitFor } from './escale.ts';

test('a worker without a port runs, is followed, replaced when killed, and told to end', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('worker');
  await escale.must(['deploy'], system.folder);
  const logs = escale.start(['logs', '-f'], system.folder);
  await logs.until(/tick 3/);
  const [first] = (await escale.service('worker', 'clock')).instances;
  assert.deepEqual([first!.state, first!.port], ['ready', null]);

  process.kill(first!.pid!, 'SIGKILL');
  await waitFor('another one is ready', async () => {
    const [now] = (await escale.service('worker', 'clock')).instances;
    return now?.state === 'ready' && now.id !== first!.id;
  });
  await escale.must(['restart'], system.folder);
  await logs.until(/no more ticks/);
  const ended = await logs.interrupt();
  assert.match(ended.stdout, new RegExp(`clock ${first!.id.split('-').at(-1)} — was ended by SIGKILL`));
});
