import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startEscale } from './escale.ts';

test('a service with a volume keeps its folder; the old instance stops first, while requests wait', async (t) => {
  const escale = await startEscale(t);
  const system = escale.system('with-volume');
  await escale.must(['deploy'], system.folder);
  assert.equal(await escale.body(system.host), '1\n');

  system.edit('server.ts', (text) => `${text}// Another release.\n`);
  const deploy = escale.start(['deploy'], system.folder);
  await deploy.until(/record release 2/);
  const asked: Promise<{ status: number; body: string }>[] = [];
  while (deploy.child.exitCode === null) {
    asked.push(escale.request(system.host));
    await Promise.race([asked.at(-1), deploy.ended]);
  }
  assert.equal((await deploy.ended).code, 0, deploy.output);
  const statuses = (await Promise.all(asked)).map(({ status }) => status);
  assert.deepEqual(new Set(statuses), new Set([200]));
  assert.equal(await escale.body(system.host), '1\n2\n');
  assert.match((await escale.must(['status'])).stdout, /requests waited \S+ \w+ at the last replacement/);

  const tooMany = await escale.run(['scale', 'web=2'], system.folder);
  assert.equal(tooMany.code, 1);
  assert.match(tooMany.stderr, /keeps a volume, so it has one instance at most/);

  await escale.must(['down'], system.folder);
  await escale.must(['deploy'], system.folder);
  assert.equal(await escale.body(system.host), '1\n2\n2\n');
});
