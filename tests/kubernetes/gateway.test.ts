import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ChosenRouting } from '../../src/core/kubernetes/index.ts';
import { HttpCluster, type KubernetesEngine } from '../../src/engines/kubernetes/index.ts';
import { waitFor } from '../e2e/wait.ts';
import { testAccess } from './cluster.ts';
import { Asking } from './escale-over.ts';
import { ClusterSystem, type ClusterUnderTest, makeKubernetesEngine } from './kubernetes-engine.ts';
import { withTheRole } from './rights.ts';

const ROUTING: ChosenRouting = {
  kind: 'escale-gateway',
  instances: 'every-node',
  expose: { type: 'NodePort', port: null },
};

describe('the gateway in a cluster, made by an account with the rendered rights and no others', () => {
  let made: ClusterUnderTest;
  /** Somebody beside Escale. */
  let others: HttpCluster;
  let system: ClusterSystem;
  let engine: KubernetesEngine;
  let close = () => {};
  let urls: string[];

  before(async () => {
    made = await makeKubernetesEngine();
    others = new HttpCluster(testAccess, 'somebody');
    system = new ClusterSystem(made, 'behind-gateway');
    ({ engine, close } = await withTheRole(made, system, ROUTING));
  });
  after(async () => {
    await system.remove();
    close();
    others.close();
    await made.close();
  });

  const instances = async () => (await engine.observe()).instances.filter(({ service }) => service === 'web');
  const ready = (count: number, rollout: number) =>
    waitFor(`${count} of rollout ${rollout} are ready, alone`, async () => {
      const all = await instances();
      return all.length === count && all.every((one) => one.state === 'ready' && one.rollout === rollout);
    });
  const set = (rollout: number, count = 2) => system.set('answers', { count, release: rollout, rollout });

  test('once it is applied, the address of every node answers', async () => {
    await engine.apply(system.wish([await set(1)]));
    await ready(2, 1);
    const { outsideUrl } = (await engine.observe()).services[0]!;
    assert.match(outsideUrl!, /^http:\/\/[^/]+:\d+\/$/);
    const { items } = await others.list({ apiVersion: 'v1', kind: 'Node' }, {});
    const hosts = items.map(({ status }) => {
      const { addresses } = status as { addresses: { type: string; address: string }[] };
      return addresses.find(({ type }) => type === 'InternalIP')!.address;
    });
    urls = hosts.map((host) => outsideUrl!.replace(new URL(outsideUrl!).hostname, host));
    for (const url of urls) assert.equal((await fetch(url)).status, 200, url);
  });

  test('an update and a pod that is deleted lose no request', async () => {
    const asking = urls.map((url) => new Asking(url));
    await engine.apply(system.wish([await set(1), await set(2)]));
    await ready(2, 2);
    await engine.apply(system.wish([await set(2)]));
    const [first] = await instances();
    await others.delete({ apiVersion: 'v1', kind: 'Pod', namespace: system.namespace, name: first!.id });
    await waitFor('it is gone', async () => !(await instances()).some(({ id }) => id === first!.id));
    await ready(2, 2);
    const all = await Promise.all(asking.map((one) => one.stop()));
    const done = all.reduce((sum, one) => sum + one.done, 0);
    const failures = all.flatMap((one) => one.failures);
    console.log(`# ${failures.length} of ${done} requests failed`);
    assert.deepEqual(failures, []);
  });

  test('requests wait while no pod is ready', async () => {
    await engine.apply(system.wish([await set(2, 0)]));
    await waitFor('none is left', async () => (await instances()).length === 0);
    const waiting = fetch(urls[0]!);
    await engine.apply(system.wish([await set(2, 1)]));
    assert.equal((await waiting).status, 200);
  });

  test('its account sees where pods are and its own rules, and nothing else', async () => {
    const may = async (verb: string, group: string, resource: string, name?: string) => {
      const review = await others.create({
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        metadata: {},
        spec: {
          user: `system:serviceaccount:${system.namespace}:gateway`,
          resourceAttributes: { namespace: system.namespace, verb, group, resource, name },
        },
      });
      return (review.status as { allowed: boolean }).allowed;
    };
    assert.equal(await may('watch', 'discovery.k8s.io', 'endpointslices'), true);
    assert.equal(await may('get', '', 'configmaps', 'gateway'), true);
    for (const [verb, group, resource, name] of [
      ['get', '', 'configmaps', 'other'],
      ['list', '', 'configmaps'],
      ['get', '', 'secrets'],
      ['list', '', 'pods'],
      ['create', '', 'pods/exec'],
      ['patch', 'discovery.k8s.io', 'endpointslices'],
      ['patch', '', 'configmaps', 'gateway'],
    ] as const)
      assert.equal(await may(verb, group, resource, name), false, `${verb} ${resource} ${name ?? ''}`);
  });
});
