import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KubernetesOptions, renderRights, renderSystem } from './index.ts';
import { objectsOf, podIn } from './testing/find.ts';
import { problemsOf } from './testing/index.ts';
import { EVERYTHING, HELLO, TASKS } from './testing/systems.ts';
import { wishFor } from './testing/wish.ts';

const OPTIONS: Record<string, Partial<KubernetesOptions>> = {
  'as usual': {},
  'ingress of nginx': { routing: { kind: 'ingress', className: 'nginx' }, outbound: true },
  'ingress of traefik': {
    routing: { kind: 'ingress', className: 'traefik' },
    storage: { size: '1Ti', className: 'fast' },
  },
  'CloudNativePG, the own gateway on each node': {
    postgres: { kind: 'cloudnative-pg', instances: 3, image: 'ghcr.io/cloudnative-pg/postgresql:18' },
    routing: {
      kind: 'escale-gateway',
      image: 'r.example.org/gateway',
      instances: 'every-node',
      expose: { type: 'NodePort', port: 30_080 },
    },
  },
  'one server of CloudNativePG, the own gateway twice': {
    postgres: { kind: 'cloudnative-pg', instances: 1, image: null },
    routing: {
      kind: 'escale-gateway',
      image: 'r.example.org/gateway',
      instances: 2,
      expose: { type: 'LoadBalancer' },
    },
    jobs: { run: null, retries: 6 },
  },
};

for (const [name, options] of Object.entries(OPTIONS))
  test(`every object fits the published schemas, and has no word that they don't know: ${name}`, async () => {
    const wishes = [HELLO, TASKS, EVERYTHING].map((file) => wishFor(file, options));
    const objects = wishes.flatMap((wish) => [...objectsOf(wish), ...renderRights(wish)]);
    assert.deepEqual((await Promise.all(objects.map(problemsOf))).flat(), []);
    assert.ok(objects.length > 60);
  });

test('what does not fit is seen: a wrong type, an unknown word, a wrong name, a kind without a schema', async () => {
  const { metadata, ...object } = objectsOf(wishFor(HELLO)).find(({ kind }) => kind === 'Deployment')!;
  const spec = object.spec as object;
  assert.deepEqual(
    await problemsOf({ ...object, metadata, spec: { ...spec, replicas: '3', replica: 3 } } as never),
    [
      'Deployment web: /spec/replicas breaks type {"type":"integer"}',
      'Deployment web: /spec/replica is unknown',
    ],
  );
  assert.deepEqual(await problemsOf({ ...object, metadata: { ...metadata, name: 'Web' } } as never), [
    'Deployment Web: its name can’t be used',
  ]);
  assert.deepEqual(await problemsOf({ ...object, kind: 'Deploiment', metadata } as never), [
    'Deploiment web: there is no schema of it',
  ]);
  const cluster = {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind: 'Cluster',
    metadata,
    spec: { instances: 0, storage: { size: '1Gi', class: 'fast' } },
  };
  assert.deepEqual(await problemsOf(cluster), [
    'Cluster web: spec/instances is wrong: 0',
    'Cluster web: spec/storage/class is unknown',
  ]);
});

test('every pod is of the restricted standard, gets no token, and can’t write its root', () => {
  const workloads = Object.values(OPTIONS).flatMap((options) =>
    objectsOf(wishFor(EVERYTHING, options)).filter(({ spec }) =>
      /"containers"/.test(JSON.stringify(spec ?? '')),
    ),
  );
  assert.ok(workloads.length > 40);
  for (const workload of workloads) {
    const pod = podIn(workload);
    const { runAsNonRoot, seccompProfile, runAsUser } = pod.securityContext as Record<string, unknown>;
    const name = `${workload.kind} ${workload.metadata.name}`;
    assert.deepEqual([runAsNonRoot, seccompProfile], [true, { type: 'RuntimeDefault' }], name);
    assert.notEqual(runAsUser, 0, name);
    assert.equal(
      pod.automountServiceAccountToken,
      workload.metadata.labels['app.kubernetes.io/component'] === 'gateway',
      name,
    );
    for (const key of ['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers', 'initContainers'])
      assert.equal(pod[key], undefined, `${name}: ${key}`);
    const kinds = new Set((pod.volumes as object[]).flatMap((volume) => Object.keys(volume)));
    for (const kind of kinds) assert.ok(['name', 'emptyDir', 'configMap'].includes(kind), `${name}: ${kind}`);
    for (const container of pod.containers)
      assert.deepEqual(container.securityContext, {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
  }
});

test('every object is in the namespace, is named once, and carries the recommended labels', () => {
  for (const options of Object.values(OPTIONS)) {
    const objects = objectsOf(wishFor(EVERYTHING, options));
    const names = objects.map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`);
    assert.deepEqual(names.length, new Set(names).size);
    for (const { kind, metadata } of objects) {
      assert.equal(metadata.namespace, kind === 'Namespace' ? undefined : 'shop-production');
      for (const label of ['name', 'instance', 'component', 'part-of', 'managed-by'])
        assert.ok(metadata.labels[`app.kubernetes.io/${label}`], `${kind} ${metadata.name}: ${label}`);
    }
  }
});

test('the same wish gives the same objects, and no secret is in them but by its name', () => {
  const text = JSON.stringify(renderSystem(wishFor(EVERYTHING)));
  assert.equal(JSON.stringify(renderSystem(wishFor(structuredClone(EVERYTHING)))), text);
  assert.doesNotMatch(text, /\$\{secret/);
});
