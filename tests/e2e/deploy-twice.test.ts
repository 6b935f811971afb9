import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationsOf, startEscale } from './escale.ts';

test('a first deploy serves, plan says what deploy does, and a second deploy plans nothing', async (t) => {
  const escale = await startEscale(t);
  const hello = escale.system('says-hello');

  await t.test('the plan of the first deploy is what it then does', async () => {
    const planned = JSON.parse((await escale.must(['plan', '--json'], hello.folder)).stdout);
    const deployed = operationsOf(await escale.must(['deploy', '--json'], hello.folder));
    assert.deepEqual(
      planned.operations.map(({ kind }: { kind: string }) => kind),
      ['prepare', 'release', 'start', 'route', 'promote'],
    );
    assert.deepEqual(deployed.planned, planned.operations);
    assert.deepEqual(deployed.done, planned.operations);
    assert.deepEqual(await escale.request(hello.host, '/version'), { status: 200, body: 'one\n'.trim() });
  });

  await t.test('planning and deploying the same again is nothing to do', async () => {
    const before = await escale.service('says-hello');
    const planned = await escale.must(['plan'], hello.folder);
    assert.match(planned.stdout, /nothing to do/);
    const deployed = await escale.must(['deploy'], hello.folder);
    assert.match(deployed.stdout, /up to date: release 1 runs, nothing to do/);
    const after = await escale.service('says-hello');
    assert.deepEqual(
      after.instances.map(({ id }) => id),
      before.instances.map(({ id }) => id),
    );
  });

  await t.test('the plan of an update is what it then does, and no request is lost', async () => {
    hello.write('version.txt', 'two');
    const load = escale.load(hello.host);
    const planned = JSON.parse((await escale.must(['plan', '--json', hello.folder])).stdout);
    const deployed = operationsOf(await escale.must(['deploy', '--json', hello.folder]));
    const result = await load.stop();
    assert.deepEqual(deployed.done, planned.operations);
    assert.ok(planned.operations.length >= 7);
    assert.deepEqual(result.failures, []);
    assert.ok(result.total.ok > 50);
    assert.equal(await escale.body(hello.host, '/version'), 'two');
    assert.match((await escale.must(['status'])).stdout, /says-hello local {2}ready {2}release 2/);
  });
});
