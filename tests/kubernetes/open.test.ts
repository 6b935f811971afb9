import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '../e2e/escale.ts';
import { startOverCluster } from './escale-over.ts';

test('a system that nothing routes to is reached by way of the cluster’s API', async (t) => {
  const { escale, system } = await startOverCluster(t, ['--routing', 'none']);
  const hello = system('says-hello');
  await escale.must(['deploy', '-e', 'production', hello.folder]);
  const open = escale.start(['open', hello.name, '-e', 'production']);
  await open.until(/http:\/\/127\.0\.0\.1:\d+\//);
  const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(open.output)!;
  const ask = async () => (await fetch(url, { headers: { connection: 'close' } })).text();
  const many = await Promise.all(Array.from({ length: 20 }, ask));
  assert.deepEqual(new Set(many), new Set(['Hello, World!']));
  await escale.must(['restart', '-e', 'production', hello.name]);
  await waitFor('it leads to the new ones', async () => (await ask()) === 'Hello, World!');
  open.child.kill('SIGINT');
  await open.ended;
  await assert.rejects(ask());
});
