import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { KubernetesObject } from '../../../core/kubernetes/index.ts';
import { type Change, type Cluster, HttpCluster } from '../api/index.ts';
import { ApiServer } from './index.ts';

const NAMESPACE = 'shop-local';
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const WEB = { ...DEPLOYMENT, namespace: NAMESPACE, name: 'web' };
const POD = { apiVersion: 'v1', kind: 'Pod' };

let server: ApiServer;
let cluster: Cluster;

before(async () => {
  server = await ApiServer.start();
  cluster = new HttpCluster(() => server.access);
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: {} } });
});
after(async () => {
  cluster.close();
  await server.close();
});
beforeEach(async () => {
  server.kubelet.fate = () => 'ready';
  server.fault = () => null;
  await cluster.delete(WEB);
  server.settle();
});

function web(image: string, replicas = 2, env: { name: string; value: string }[] = []): KubernetesObject {
  const labels = { app: 'web' };
  return {
    ...DEPLOYMENT,
    metadata: { name: 'web', namespace: NAMESPACE, labels },
    spec: {
      replicas,
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image, env }] } },
    },
  };
}

const images = () =>
  server.store
    .all('Pod', NAMESPACE)
    .map((pod) => (pod.spec!.containers[0] as unknown as { image: string }).image)
    .sort();

test('a Deployment becomes pods, and rolls one more first', async () => {
  await cluster.apply(web('a'));
  server.settle();
  assert.deepEqual(images(), ['a', 'a']);
  const seen: string[] = [];
  const stop = server.store.onChange(({ object }) => object.kind === 'Pod' && seen.push(images().join('')));
  await cluster.apply(web('b'));
  server.settle();
  stop();
  assert.deepEqual(images(), ['b', 'b']);
  assert.ok(seen.every((now) => now.length >= 2));
});

test('one that never becomes ready leaves the former ones where they are', async () => {
  await cluster.apply(web('a'));
  server.settle();
  server.kubelet.fate = (pod) => (JSON.stringify(pod.spec).includes('"b"') ? { exits: 5 } : 'ready');
  await cluster.apply(web('b'));
  server.settle();
  assert.deepEqual(images(), ['a', 'a', 'b']);
  await cluster.apply(web('a'));
  server.settle();
  assert.deepEqual(images(), ['a', 'a']);
});

test('who holds a field is named; by force it is taken', async () => {
  await cluster.apply(web('a'));
  server.edit(WEB, (object) => {
    object.spec!.replicas = 5;
  });
  await assert.rejects(cluster.apply(web('b', 3)), {
    code: 'cluster-conflict',
    message: 'apply Deployment web: kubectl-edit holds .spec.replicas',
    conflicts: [{ manager: 'kubectl-edit', field: '.spec.replicas' }],
  });
  // The same value is no conflict.
  await cluster.apply(web('b', 5));
  await cluster.apply(web('b', 3), { force: true });
  assert.equal(server.store.get(WEB)!.spec!.replicas, 3);
});

test('what is said no more is taken away, but not what others have added', async () => {
  await cluster.apply(
    web('a', 1, [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ]),
  );
  server.edit(WEB, (object) => {
    const [container] = object.spec!.template.spec.containers as unknown as { env: object[] }[];
    container!.env.push({ name: 'C', value: '3' });
  });
  await cluster.apply(web('a', 1, [{ name: 'A', value: '1' }]));
  const [container] = server.store.get(WEB)!.spec!.template.spec.containers as unknown as { env: object[] }[];
  assert.deepEqual(container!.env, [
    { name: 'A', value: '1' },
    { name: 'C', value: '3' },
  ]);
});

test('a dry run says what would be, and changes nothing', async () => {
  await cluster.apply(web('a'));
  const { resourceVersion } = server.store.get(WEB)!.metadata;
  const would = await cluster.apply(web('b'), { dryRun: true });
  assert.match(JSON.stringify(would), /"image":"b"/);
  assert.equal(server.store.get(WEB)!.metadata.resourceVersion, resourceVersion);
});

test('a watch goes on from a version, and says when that is too long ago', async () => {
  const { version } = await cluster.list(DEPLOYMENT, { namespace: NAMESPACE });
  await cluster.apply(web('a'));
  await cluster.delete(WEB);
  const stop = new AbortController();
  const seen: string[] = [];
  const query = { namespace: NAMESPACE, version };
  for await (const change of cluster.watch(DEPLOYMENT, query, stop.signal)) {
    if (change.type !== 'bookmark') seen.push(wordFor(change));
    if (change.type === 'gone') break;
  }
  assert.equal(seen[0], 'put web');
  assert.equal(seen.at(-1), 'gone web');
  server.store.compact();
  const late = async () => {
    for await (const change of cluster.watch(DEPLOYMENT, query, stop.signal))
      assert.equal(change.type, 'bookmark');
  };
  await assert.rejects(late(), { status: 410 });
});

function wordFor(change: Change): string {
  return change.type === 'bookmark' ? 'bookmark' : `${change.type} ${change.object.metadata.name}`;
}

test('each refusal is told apart', async () => {
  const codes: [number, string, string, string][] = [
    [401, 'Unauthorized', 'Unauthorized', 'cluster-forbidden'],
    [403, 'Forbidden', 'pods is forbidden: User "x" cannot list resource "pods"', 'cluster-forbidden'],
    [403, 'Forbidden', 'pods "a" is forbidden: exceeded quota: small', 'cluster-refused'],
    [409, 'AlreadyExists', 'there is one', 'cluster-refused'],
    [422, 'Invalid', 'spec.replicas: Invalid value', 'cluster-refused'],
    [429, 'TooManyRequests', 'too many', 'cluster-away'],
    [500, 'InternalError', 'oh', 'cluster-away'],
    [503, 'ServiceUnavailable', 'starting', 'cluster-away'],
  ];
  for (const [status, reason, message, code] of codes) {
    server.fault = () => ({ status, reason, message });
    await assert.rejects(cluster.list(POD, { namespace: NAMESPACE }), { code });
  }
  server.fault = () => null;
  assert.equal(await cluster.get({ ...WEB, name: 'nobody' }), null);
});

test('what the API did not take it is asked again, when it says so; what stays wrong is told', async () => {
  const faults = [
    { status: 429, reason: 'TooManyRequests', retryAfter: 1 },
    { status: 503, reason: 'ServiceUnavailable', retryAfter: 0 },
    { status: 500, reason: 'InternalError', message: 'oh' },
  ];
  server.fault = () => faults.shift() ?? null;
  const began = performance.now();
  await cluster.apply(web('a'));
  assert.ok(performance.now() - began >= 1000);
  assert.deepEqual(faults, []);
  server.fault = ({ method }) =>
    method === 'PATCH' ? { status: 500, message: 'failed calling webhook' } : null;
  await assert.rejects(cluster.apply(web('b')), {
    code: 'cluster-refused',
    message: 'apply Deployment web: failed calling webhook',
  });
  server.fault = () => ({ status: 500, message: 'etcdserver: request timed out' });
  await assert.rejects(cluster.apply(web('b')), { code: 'cluster-away' });
  const cuts = ['cut', 'cut'] as const;
  let cut = 0;
  server.fault = () => cuts[cut++] ?? null;
  await cluster.apply(web('b'));
  assert.equal(cut, 3);
  server.fault = () => 'cut';
  await assert.rejects(cluster.apply(web('b')), { code: 'cluster-away' });
});
