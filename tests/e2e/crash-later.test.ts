import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale, waitFor } from './escale.ts';

test('an instance that crashes later is replaced, and what happened can be read', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('crashes-later');
  await escale.must(['deploy'], system.folder);
  const first = (await escale.service('crashes-later')).instances.map(({ id }) => id);

  const service = await waitFor(
    'both first instances are replaced and their successors are ready',
    async () => {
      const now = await escale.service('crashes-later');
      const replaced = now.instances.every(({ id }) => !first.includes(id));
      return replaced && now.ready >= 1 ? now : null;
    },
  );
  assert.equal(service.wanted, 2);
  assert.match(service.lastFailure?.reason ?? '', /exited with code 7/);
  assert.equal((await escale.request(system.host)).status, 200);
  const logs = (await escale.must(['logs', '-n', '1000'], system.folder)).stdout;
  assert.match(logs, /a nasty surprise\n(?:.*\n)*.*— exited with code 7/);
});

test('an instance killed with -9 is replaced at once, and no request that may be retried is lost', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');
  await escale.must(['deploy'], hello.folder);
  const [victim] = (await escale.service('says-hello')).instances;
  const load = escale.load(hello.host);

  process.kill(victim!.pid!, 'SIGKILL');
  const killedAt = Date.now();
  const service = await waitFor('another instance is ready in its place', async () => {
    const now = await escale.service('says-hello');
    return now.ready === 2 && now.instances.every(({ id }) => id !== victim!.id) ? now : null;
  });
  const result = await load.stop();
  const successor = Math.max(...service.instances.map(({ startedAt }) => startedAt));
  assert.ok(successor - killedAt < 3000, `its successor was started ${successor - killedAt} ms later`);
  assert.deepEqual(result.failures, []);
  assert.match(service.lastFailure?.reason ?? '', /was ended by SIGKILL/);
});
