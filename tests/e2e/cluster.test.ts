import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { without } from '../../src/delivery/image/testing/programs.ts';
import { realRegistry } from '../../src/delivery/image/testing/real-registry.ts';
import { smallBase } from '../../src/delivery/image/testing/small-base.ts';
import { ApiServer } from '../../src/engines/kubernetes/testing/index.ts';
import { killAll, startEscale, waitFor } from './escale.ts';
import { onTarget } from './target.ts';

const WEB = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'says-hello-production', name: 'web' };

/** A cluster in this process, with a kubeconfig that leads there, and a registry for its images. */
async function startOverCluster(t: TestContext) {
  const cluster = await ApiServer.start();
  t.after(() => cluster.close());
  const registry = await realRegistry();
  t.after(() => registry.stop());
  const base = `layout:${await smallBase(t, ['usr/bin/node'])}`;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-kubeconfig-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const kubeconfig = path.join(folder, 'config');
  const { server } = cluster.access;
  writeFileSync(
    kubeconfig,
    `contexts: [{name: near, context: {cluster: near, user: me}}]
clusters: [{name: near, cluster: {server: '${server}'}}]
users: [{name: me, user: {token: x}}]
`,
  );
  const escale = await startEscale(t, { env: { KUBECONFIG: kubeconfig, ESCALE_IMAGE_BASE: base } });
  return { cluster, registry, escale };
}

test('a cluster, from `target add` to `target remove`', { skip: without('docker-registry') }, async (t) => {
  const { cluster, registry, escale } = await startOverCluster(t);
  const hello = onTarget(escale.system('says-hello'));
  const deploy = ['deploy', '-e', 'production', hello.folder];
  const view = () => escale.systemView('says-hello');
  const images = (of = 'web') =>
    cluster.store
      .all('Pod', WEB.namespace)
      .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/name'] === of)
      .map(({ spec }) => (spec!.containers[0] as unknown as { image: string }).image);
  const registryWords = ['--registry', `${registry.host}/team`];

  await t.test('what can’t be used is refused, with what to do', async () => {
    await escale.must(['up', '--detach', escale.system('says-hello', 'other').folder]);
    const nobody = await escale.run(['target', 'add', 'prod', 'kubernetes://far', ...registryWords]);
    assert.match(nobody.output, /no context "far"; there are: near/);
    const without = await escale.run(['target', 'add', 'prod', 'kubernetes://near']);
    assert.match(without.output, /--registry is missing/);
    const host = await escale.run(['target', 'add', 'prod', 'ssh://near', ...registryWords]);
    assert.match(host.output, /--registry belongs to clusters/);
  });

  await t.test('a deploy makes images, brings them, and is carried out by the cluster', async () => {
    await escale.must(['target', 'add', 'prod', 'kubernetes://near', ...registryWords]);
    const { stdout } = await escale.must(deploy);
    assert.match(stdout, /says-hello: release 1 runs/);
    const { target, state, services } = await view();
    assert.deepEqual([target, state, services[0]!.ready], ['prod', 'ready', services[0]!.wanted]);
    assert.ok(images().every((image) => image.startsWith(`${registry.host}/team/says-hello/web@sha256:`)));
    assert.ok(images('gateway').length > 0);
    assert.ok(images('gateway').every((image) => image.startsWith(`${registry.host}/team/gateway@sha256:`)));
    const [record] = cluster.store
      .all('ConfigMap', WEB.namespace)
      .filter(({ metadata }) => metadata.labels?.['escale/release'] !== undefined);
    const { verdict, images: pushed } = record!.data as Record<string, string>;
    assert.equal(`${verdict} ${pushed}`, `promoted web: ${images()[0]}`);
    const doctor = () => escale.run(['doctor', '--target', 'prod', 'says-hello']);
    const { output: empty } = await doctor();
    assert.match(empty, /Kubernetes v1/);
    assert.match(empty, /0 of 0 nodes ready/);
    const node = (name: string, architecture: string) => ({
      ...{ apiVersion: 'v1', kind: 'Node', metadata: { name } },
      status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { architecture } },
    });
    const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    const disks = { metadata: { name: 'disks', annotations: isDefault } };
    cluster.store.put(node('one', process.arch === 'x64' ? 'amd64' : process.arch) as never);
    cluster.store.put({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', ...disks } as never);
    const { code, output: found } = await doctor();
    assert.equal(code, 0, found);
    assert.match(found, /1 of 1 nodes ready/);
    assert.match(found, /of class disks, the default/);
    assert.match(found, /team answers here; the nodes have to reach it/);
  });

  await t.test('a release that does not start is not taken: pod and reason are named', async () => {
    hello.edit('server.ts', (text) => `${text}\n// another one`);
    cluster.kubelet.fate = ({ metadata }) =>
      metadata.annotations?.['escale/release'] === '2' ? { exits: 7 } : 'ready';
    const failed = await escale.run(deploy);
    assert.equal(failed.code, 1);
    assert.match(failed.output, /web-\w+-\w+: exited with code 7; release 1 runs on/);
    cluster.kubelet.fate = () => 'ready';
    cluster.settle();
    assert.equal((await view()).state, 'ready');
  });

  await t.test('the control plane is killed in the middle of a rollout, which is finished', async () => {
    hello.edit('server.ts', (text) => `${text}\n// a good one`);
    cluster.kubelet.fate = ({ metadata }) =>
      metadata.annotations?.['escale/release'] === '3' ? 'starting' : 'ready';
    const rolling = escale.start(deploy);
    await waitFor('it rolls', () => new Set(images()).size === 2);
    killAll(escale.home, ({ instance, command }) => instance === null && command.includes('control-plane'));
    cluster.kubelet.fate = () => 'ready';
    cluster.settle();
    const { code, output } = await rolling.ended;
    assert.equal(code, 0, output);
    assert.match(output, /release 3 runs/);
    assert.equal(new Set(images()).size, 1);
  });

  await t.test('away in the middle of a rollout, and the control plane killed: it ends well', async () => {
    hello.edit('server.ts', (text) => `${text}\n// another good one`);
    cluster.kubelet.fate = ({ metadata }) =>
      metadata.annotations?.['escale/release'] === '4' ? 'starting' : 'ready';
    const rolling = escale.start(deploy);
    await waitFor('it rolls', () => new Set(images()).size === 2);
    await cluster.leave();
    await rolling.until(/does not answer .*; the rollout goes on when it answers/);
    const targetState = async () => (await escale.status()).targets[0]!.state;
    await waitFor('it is noticed', async () => (await targetState()) === 'away');
    const { stdout: status } = await escale.must(['status']);
    assert.match(status, /prod unreachable for \d+ m?s.*does not answer \(ECONNREFUSED\)/);
    const pid = escale.pid('control-plane');
    process.kill(pid, 'SIGKILL');
    await waitFor('another control plane runs', () => escale.pid('control-plane') !== pid);
    cluster.kubelet.fate = () => 'ready';
    await cluster.comeBack();
    const { code, output } = await rolling.ended;
    assert.equal(code, 0, output);
    assert.match(output, /release 4 runs/);
    assert.equal(new Set(images()).size, 1);
  });

  await t.test(
    'a rollout over an API server that does not answer every third request ends well',
    async () => {
      hello.edit('server.ts', (text) => `${text}\n// the third good one`);
      let asked = 0;
      const faults = [{ status: 500 }, { status: 503 }, 'cut', { status: 429, retryAfter: 0 }] as const;
      cluster.fault = ({ path }) => {
        asked += 1;
        return path === '/version' || asked % 3 !== 0 ? null : faults[asked % faults.length]!;
      };
      const rolling = escale.start(deploy);
      const beat = setInterval(() => cluster.dropWatches(), 2000);
      const { code, output } = await rolling.ended;
      clearInterval(beat);
      cluster.fault = () => null;
      assert.equal(code, 0, output);
      assert.match(output, /release 5 runs/);
      await waitFor('it is seen', async () => (await view()).state === 'ready');
    },
  );

  await t.test('what somebody changes by hand is shown', async () => {
    cluster.edit(
      WEB,
      (object) => {
        object.spec!.replicas = 7;
      },
      'kubectl-scale',
    );
    await waitFor('it is seen', async () =>
      (await view()).drift.found.some(({ message }) =>
        /spec.replicas .* is 7.*\(kubectl-scale\)/.test(message),
      ),
    );
    cluster.edit(WEB, (object) => {
      object.spec!.replicas = 1;
    });
  });

  await t.test(
    'down leaves nothing but the namespace; the target goes when nothing is up there',
    async () => {
      const inUse = await escale.run(['target', 'remove', 'prod']);
      assert.match(inUse.output, /up on prod: says-hello in production/);
      await escale.must(['down', '-e', 'production', 'says-hello']);
      for (const kind of [
        'Deployment',
        'Pod',
        'Service',
        'NetworkPolicy',
        'ServiceAccount',
        'Secret',
        'ConfigMap',
      ])
        assert.deepEqual(cluster.store.all(kind, WEB.namespace), [], kind);
      await escale.must(['target', 'remove', 'prod']);
    },
  );
});
