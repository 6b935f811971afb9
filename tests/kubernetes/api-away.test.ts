import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitFor } from '../e2e/escale.ts';
import { Asking, addressOf, startOverCluster } from './escale-over.ts';

test('the API server of a cluster is gone in the middle of a rollout', async (t) => {
  const { escale, proxy, cluster, system } = await startOverCluster(t);
  const hello = system('says-hello');
  const namespace = `${hello.name}-production`;
  const deploy = ['deploy', '-e', 'production', hello.folder];
  const change = (text: string) => hello.edit('server.ts', (before) => `${before}\n// ${text}\n`);
  const view = () => escale.systemView(hello.name);
  const targetState = async () => (await escale.status()).targets[0]!.state;
  /** Pods of a release, as the cluster has them. */
  const podsOf = async (release: number) => {
    const { items } = await cluster.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace });
    return items.filter(({ metadata }) => metadata.annotations?.['escale/release'] === String(release));
  };
  await escale.must(deploy);
  const url = await addressOf(escale, hello.name);

  await t.test('away, and the control plane killed: what ran serves on, and it ends well', async () => {
    const asking = new Asking(url);
    change('another one');
    const rolling = escale.start(deploy);
    await waitFor('it rolls', async () => (await podsOf(2)).length > 0);
    await proxy.leave();
    await waitFor('it is noticed', async () => (await targetState()) === 'away');
    const { stdout: status } = await escale.must(['status']);
    assert.match(status, /prod unreachable for \d+ m?s.*127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\)/);
    const pid = escale.pid('control-plane');
    process.kill(pid, 'SIGKILL');
    await waitFor('another control plane runs', () => escale.pid('control-plane') !== pid);
    await proxy.comeBack();
    const { code, output } = await rolling.ended;
    assert.equal(code, 0, output);
    assert.match(output, /release 2 runs/);
    const { done, failures } = await asking.stop();
    console.log(`# ${failures.length} of ${done} requests failed`);
    assert.deepEqual(failures, []);
  });

  await t.test(
    'away while a release crashes: pod and reason are the verdict, what ran serves on',
    async () => {
      const asking = new Asking(url);
      hello.edit('server.ts', (text) => `process.exit(7);\n${text}`);
      const rolling = escale.start(deploy);
      await waitFor('it rolls', async () => (await podsOf(3)).length > 0);
      await proxy.leave();
      await rolling.until(/does not answer .*; the rollout goes on when it answers/);
      await proxy.comeBack();
      const { code, output } = await rolling.ended;
      assert.equal(code, 1, output);
      assert.match(output, /web-\w+-\w+: exited with code 7.*; release 2 runs on/);
      assert.deepEqual((await asking.stop()).failures, []);
      assert.equal((await view()).release, 2);
    },
  );

  await t.test(
    'connections that break again and again, and one that goes silent: the next deploy ends well',
    async () => {
      hello.edit('server.ts', (text) => text.replace('process.exit(7);\n', ''));
      change('a good one');
      const rolling = escale.start(deploy);
      const beat = setInterval(() => proxy.cut(), 700);
      await waitFor('it rolls', async () => (await podsOf(4)).length > 0);
      clearInterval(beat);
      proxy.silence();
      await waitFor('it is noticed', async () => (await targetState()) === 'away');
      await proxy.leave();
      await proxy.comeBack();
      const { code, output } = await rolling.ended;
      assert.equal(code, 0, output);
      assert.match(output, /release 4 runs/);
      await waitFor('it is whole', async () => (await view()).state === 'ready');
    },
  );
});
