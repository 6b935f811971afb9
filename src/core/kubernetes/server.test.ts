import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderServer, type ServerWish, USUAL_SERVER } from './index.ts';
import { problemsOf } from './testing/index.ts';

const CHOSEN: ServerWish = {
  namespace: 'control',
  image: 'r.example.org/escale:1',
  host: 'escale.example.org',
  storage: { size: '50Gi', className: 'fast' },
  imageBase: 'r.example.org/base:1',
};

interface Pod {
  serviceAccountName: string;
  automountServiceAccountToken: boolean;
  terminationGracePeriodSeconds: number;
  securityContext: object;
  containers: [
    {
      command: string[];
      env: { name: string; value: string }[];
      securityContext: object;
      volumeMounts: { name: string; mountPath: string }[];
      lifecycle: object;
      readinessProbe: object;
    },
  ];
  volumes: { name: string }[];
}

interface Spec {
  replicas: number;
  selector: { matchLabels: Record<string, string> };
  template: { metadata: { labels: Record<string, string> }; spec: Pod };
  volumeClaimTemplates: { spec: object }[];
}

function specOf(wish: ServerWish): Spec {
  return renderServer(wish).find(({ kind }) => kind === 'StatefulSet')!.spec as Spec;
}

test('the control plane: every object fits the published schemas, in one namespace, which takes only restricted pods', async () => {
  for (const wish of [USUAL_SERVER, CHOSEN]) {
    const objects = renderServer(wish);
    assert.deepEqual((await Promise.all(objects.map(problemsOf))).flat(), []);
    assert.deepEqual(
      objects.map(({ kind, metadata }) => [kind, metadata.namespace ?? metadata.name]),
      ['Namespace', 'ServiceAccount', 'StatefulSet', 'Service', 'NetworkPolicy'].map((kind) => [
        kind,
        wish.namespace,
      ]),
    );
    assert.equal(objects[0]!.metadata.labels['pod-security.kubernetes.io/enforce'], 'restricted');
  }
});

test('one replica with one volume and the token of its account; its root can’t be written, its user is nobody', () => {
  const { replicas, template, selector, volumeClaimTemplates } = specOf(CHOSEN);
  const { spec: pod, metadata } = template;
  const [container] = pod.containers;
  assert.equal(replicas, 1);
  assert.deepEqual(metadata.labels, { ...metadata.labels, ...selector.matchLabels });
  assert.deepEqual(
    volumeClaimTemplates.map(({ spec }) => spec),
    [
      {
        accessModes: ['ReadWriteOnce'],
        storageClassName: 'fast',
        resources: { requests: { storage: '50Gi' } },
      },
    ],
  );
  assert.deepEqual([pod.serviceAccountName, pod.automountServiceAccountToken], ['escale', true]);
  assert.deepEqual(pod.securityContext, {
    ...{ runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
    ...{ fsGroupChangePolicy: 'OnRootMismatch', seccompProfile: { type: 'RuntimeDefault' } },
  });
  assert.deepEqual(container.securityContext, {
    ...{ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true },
  });
  const named = [...pod.volumes.map(({ name }) => name), 'data'].sort();
  assert.deepEqual(container.volumeMounts.map(({ name }) => name).sort(), named);
});

test('it is started under its name, with its home on the volume, and told to end before it is ended', () => {
  const pod = specOf(CHOSEN).template.spec;
  const [container] = pod.containers;
  assert.deepEqual(container.command, [
    ...['/opt/escale/escale', 'server', 'run', '--listen', '0.0.0.0', '--port', '8080'],
    ...['--host', 'escale.example.org'],
  ]);
  assert.deepEqual(Object.fromEntries(container.env.map(({ name, value }) => [name, value])), {
    ESCALE_HOME: '/data/escale',
    HOME: '/data',
    DOCKER_CONFIG: '/etc/escale/registry',
    ESCALE_IMAGE_BASE: 'r.example.org/base:1',
  });
  assert.deepEqual(container.lifecycle, {
    preStop: { exec: { command: ['/opt/escale/escale', 'server', 'stop'] } },
  });
  assert.equal(pod.terminationGracePeriodSeconds, 90);
  assert.deepEqual(container.readinessProbe, {
    httpGet: {
      path: '/sign-in',
      port: 'http',
      httpHeaders: [{ name: 'Host', value: 'escale.localhost:8080' }],
    },
    ...{ periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
  });
});

test('what is not chosen is not there', () => {
  const [container] = specOf(USUAL_SERVER).template.spec.containers;
  assert.equal(container.command.includes('--host'), false);
  assert.equal(
    container.env.some(({ name }) => name === 'ESCALE_IMAGE_BASE'),
    false,
  );
  assert.equal('storageClassName' in specOf(USUAL_SERVER).volumeClaimTemplates[0]!.spec, false);
});
