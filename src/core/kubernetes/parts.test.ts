import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { INetworkPolicySpec } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicySpec';
import { differences, renderSystem, secretsNeeded } from './index.ts';
import { objectOf, objectsOf, podIn } from './testing/find.ts';
import { EVERYTHING, TASKS } from './testing/systems.ts';
import { DIGEST, wishFor } from './testing/wish.ts';

const SHOP = wishFor(EVERYTHING);

function labelsOf(name: string, component: string, system = 'shop') {
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': `${system}-production`,
    'app.kubernetes.io/version': '7',
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': system,
    'app.kubernetes.io/managed-by': 'escale',
    'escale/environment': 'production',
  };
}

function selectorOf(name: string, system = 'shop') {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': `${system}-production` };
}

test('tasks: the database, then the migration, then the services, then the routes', () => {
  const parts = renderSystem(wishFor(TASKS));
  assert.deepEqual(
    parts.map(({ stage, name, objects }) => [stage, name, objects.map(({ kind }) => kind).join(' ')]),
    [
      ['base', 'namespace', 'Namespace'],
      ['base', 'network', 'NetworkPolicy'],
      ['resources', 'db', 'ServiceAccount ConfigMap StatefulSet Service NetworkPolicy'],
      ['jobs', 'migrate', 'ServiceAccount NetworkPolicy Job'],
      ['services', 'web', 'ServiceAccount Deployment Service PodDisruptionBudget NetworkPolicy'],
      ['services', 'api', 'ServiceAccount Deployment Service PodDisruptionBudget NetworkPolicy'],
      ['services', 'weather', 'ServiceAccount Deployment Service NetworkPolicy'],
      ['routes', 'routes', 'HTTPRoute HTTPRoute'],
    ],
  );
});

test('who may call whom is what uses and routes say, and nothing else', () => {
  const wish = wishFor(TASKS, { routing: { kind: 'none' } });
  const rulesOf = (name: string) => objectOf(wish, 'NetworkPolicy', name).spec as INetworkPolicySpec;
  const usersElsewhere = (name: string) => ({
    namespaceSelector: { matchLabels: { 'escale/environment': 'production' } },
    podSelector: { matchLabels: { [`tasks.uses.escale/${name}`]: 'true' } },
  });
  const named = (...values: string[]) => ({
    podSelector: { matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values }] },
  });
  const to = (name: string, port: number) => ({
    to: [{ podSelector: { matchLabels: selectorOf(name, 'tasks') } }],
    ports: [{ protocol: 'TCP' as const, port }],
  });
  assert.deepEqual(rulesOf('api'), {
    podSelector: { matchLabels: selectorOf('api', 'tasks') },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [named('web'), usersElsewhere('api')], ports: [{ protocol: 'TCP', port: 8000 }] }],
    egress: [to('db', 5432)],
  } satisfies INetworkPolicySpec);
  assert.deepEqual(rulesOf('web').ingress, [
    { from: [usersElsewhere('web')], ports: [{ protocol: 'TCP', port: 8000 }] },
  ]);
  assert.deepEqual(rulesOf('web').egress, [to('api', 8000), to('weather', 8000)]);
  assert.deepEqual(rulesOf('db'), {
    podSelector: { matchLabels: selectorOf('db', 'tasks') },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [named('api', 'migrate')], ports: [{ protocol: 'TCP', port: 5432 }] }],
  });
  assert.deepEqual(rulesOf('migrate').egress, [to('db', 5432)]);
});

test('what is used outside of the system is open for that program only: its addresses, as far as the file says them', () => {
  const { egress } = objectOf(SHOP, 'NetworkPolicy', 'api').spec as INetworkPolicySpec;
  const everywhere = [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }];
  assert.deepEqual(egress!.slice(1, 4), [
    { to: everywhere, ports: [{ protocol: 'TCP', port: 6432 }] },
    { to: everywhere },
    {
      to: [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'images-production' } },
          podSelector: {
            matchLabels: { 'app.kubernetes.io/name': 'resize', 'app.kubernetes.io/part-of': 'images' },
          },
        },
      ],
      ports: [{ protocol: 'TCP', port: 8000 }],
    },
  ]);
  const open = wishFor(EVERYTHING, { outbound: true });
  const more = (objectOf(open, 'NetworkPolicy', 'queue').spec as INetworkPolicySpec).egress!.at(-1);
  assert.deepEqual(more, {
    to: [
      {
        ipBlock: {
          cidr: '0.0.0.0/0',
          except: ['10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16'],
        },
      },
      { ipBlock: { cidr: '::/0', except: ['fc00::/7', 'fe80::/10'] } },
    ],
  });
});

test('a program has the same variables as on other engines; secrets are references, dollars stay dollars', () => {
  const [container] = podIn(objectOf(SHOP, 'Deployment', 'api')).containers;
  const secret = (name: string, key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
  assert.deepEqual((container!.env as { name: string }[]).slice(7), [
    { name: 'ESCALE_SECRET_TOKEN', ...secret('secrets', 'TOKEN') },
    { name: 'ESCALE_SECRET_SALT', ...secret('secrets', 'SALT') },
    { name: 'ESCALE_RESOURCE_MAIN_PASSWORD', ...secret('main-credentials', 'password') },
    { name: 'PRICE', value: '$$(5) $$$$' },
    { name: 'TOKEN', ...secret('secrets', 'TOKEN') },
    { name: 'HEADER', value: 'Bearer $(ESCALE_SECRET_TOKEN) $$$$ $(ESCALE_SECRET_SALT)' },
    { name: 'WORKERS', value: '2' },
    { name: 'IMAGES_RESIZE_URL', value: 'http://resize.images-production' },
    { name: 'FILES_URL', value: 'http://files' },
    {
      name: 'MAIN_DATABASE_URL',
      value: 'postgres://app:$(ESCALE_RESOURCE_MAIN_PASSWORD)@main:5432/app',
    },
    { name: 'STATS_DATABASE_URL', ...secret('stats-address', 'url') },
    { name: 'OLD_DATABASE_URL', ...secret('secrets', 'OLD_URL') },
  ]);
  assert.deepEqual(container!.command, ['node', 'server.js', '--port', '8000', "it's $$(HOME) $$$$ $$x"]);
  assert.deepEqual(secretsNeeded(SHOP), [
    { name: 'secrets', keys: ['OLD_URL', 'SALT', 'TOKEN'] },
    { name: 'stats-address', keys: ['url'] },
    { name: 'main-credentials', keys: ['password', 'superuser-password'] },
  ]);
});

test('limits, probes and times of the file, in the units of a cluster', () => {
  const pod = podIn(objectOf(SHOP, 'Deployment', 'api'));
  const [container] = pod.containers;
  assert.deepEqual(container!.resources, {
    requests: { cpu: '50m', memory: '512Mi' },
    limits: { cpu: '1500m', memory: '512Mi' },
  });
  assert.deepEqual(
    [container!.startupProbe, container!.readinessProbe, container!.livenessProbe],
    [
      {
        httpGet: { path: '/readyz?deep=1', port: 'http' },
        periodSeconds: 1,
        timeoutSeconds: 2,
        failureThreshold: 90,
      },
      {
        httpGet: { path: '/readyz?deep=1', port: 'http' },
        periodSeconds: 1,
        timeoutSeconds: 2,
        failureThreshold: 5,
      },
      { httpGet: { path: '/livez', port: 'http' }, periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 5 },
    ],
  );
  // 10 s of sleep, a minute for WebSockets, 1.5 s of grace.
  assert.equal(pod.terminationGracePeriodSeconds, 72);
  assert.deepEqual(pod.volumes, [{ name: 'tmp', emptyDir: { sizeLimit: '1Gi' } }]);
  assert.deepEqual(differences(SHOP), [
    'services.api.limits.processes: set for whole nodes there (podPidsLimit of the kubelet)',
    'services.api.hold: only Escale’s own gateway lets requests wait',
    'services.api.timeout: 5m is for Escale’s own gateway; set it at the cluster’s',
  ]);
});

test('a service with a folder: one pod at a time, which keeps its volume; without a ready path: TCP and a stable time', () => {
  const object = objectOf(SHOP, 'StatefulSet', 'files');
  const { template, ...spec } = object.spec as NonNullable<IStatefulSet['spec']>;
  assert.deepEqual(spec, {
    replicas: 1,
    revisionHistoryLimit: 2,
    minReadySeconds: 1,
    serviceName: 'files',
    podManagementPolicy: 'Parallel',
    updateStrategy: { type: 'RollingUpdate' },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    selector: { matchLabels: selectorOf('files') },
    volumeClaimTemplates: [
      {
        ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
        metadata: { name: 'data' },
        spec: {
          volumeMode: 'Filesystem',
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '10Gi' } },
        },
        status: { phase: 'Pending' },
      },
    ],
  });
  const pod = podIn(object);
  const [container] = pod.containers;
  assert.deepEqual((container!.env as object[])[2], { name: 'DATA_DIR', value: '/data' });
  assert.deepEqual(container!.volumeMounts, [
    { name: 'tmp', mountPath: '/tmp' },
    { name: 'data', mountPath: '/data' },
  ]);
  assert.deepEqual(pod.securityContext, {
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
    fsGroup: 65_532,
    fsGroupChangePolicy: 'OnRootMismatch',
  });
  assert.deepEqual((container!.readinessProbe as { tcpSocket: object }).tcpSocket, { port: 'http' });
  assert.equal(container!.livenessProbe, undefined);
});

test('one on each node is a DaemonSet, whose successor starts first; a worker has no address, no probe, no drain', () => {
  const { template, ...spec } = objectOf(SHOP, 'DaemonSet', 'agent').spec as { template: unknown };
  assert.deepEqual(spec, {
    revisionHistoryLimit: 2,
    minReadySeconds: 1,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    selector: { matchLabels: selectorOf('agent') },
  });
  const pod = podIn(objectOf(SHOP, 'Deployment', 'queue'));
  const [container] = pod.containers;
  assert.equal(pod.terminationGracePeriodSeconds, 10);
  for (const key of ['ports', 'readinessProbe', 'startupProbe', 'lifecycle'])
    assert.equal(container![key], undefined, key);
  const callable = objectsOf(SHOP).filter(({ kind }) => kind === 'Service');
  assert.deepEqual(
    callable.map(({ metadata }) => metadata.name),
    ['main', 'site', 'api', 'files', 'cache'],
  );
});

test('a static service is started by its image; where that is nginx, it can write what it makes of its template', () => {
  const programs = {
    ...SHOP.options.programs,
    site: { image: 'shop/site', version: null, fileServer: 'nginx' as const },
  };
  const pod = podIn(objectOf(wishFor(EVERYTHING, { programs }), 'Deployment', 'site'));
  assert.equal(pod.containers[0]!.command, undefined);
  assert.deepEqual(pod.containers[0]!.volumeMounts, [
    { name: 'tmp', mountPath: '/tmp' },
    { name: 'nginx', mountPath: '/etc/nginx/conf.d' },
  ]);
  assert.deepEqual(podIn(objectOf(SHOP, 'Deployment', 'site')).containers[0]!.volumeMounts, [
    { name: 'tmp', mountPath: '/tmp' },
  ]);
});

test('a job before a deploy is an object of one run, whole', () => {
  assert.deepEqual(objectOf(wishFor(TASKS), 'Job', 'migrate-12'), {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: 'migrate-12',
      namespace: 'tasks-production',
      labels: labelsOf('migrate', 'job', 'tasks'),
    },
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: 600,
      podFailurePolicy: {
        rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
      },
      template: {
        metadata: { labels: labelsOf('migrate', 'job', 'tasks') },
        spec: {
          serviceAccountName: 'migrate',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          shareProcessNamespace: true,
          restartPolicy: 'Never',
          containers: [
            {
              name: 'migrate',
              image: `r.example.org/migrate@${DIGEST}`,
              imagePullPolicy: 'IfNotPresent',
              command: ['node', 'migrate.ts'],
              env: [
                { name: 'ESCALE_SYSTEM', value: 'tasks' },
                { name: 'ESCALE_ENVIRONMENT', value: 'production' },
                { name: 'ESCALE_SERVICE', value: 'migrate' },
                { name: 'ESCALE_RELEASE', value: '7' },
                { name: 'ESCALE_INSTANCE', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                {
                  name: 'ESCALE_RESOURCE_DB_PASSWORD',
                  valueFrom: { secretKeyRef: { name: 'db-credentials', key: 'password' } },
                },
                { name: 'DATABASE_URL', value: 'postgres://app:$(ESCALE_RESOURCE_DB_PASSWORD)@db:5432/app' },
              ],
              resources: { requests: { cpu: '50m', memory: '64Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
              },
              volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
            },
          ],
          volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '256Mi' } }],
        },
      },
    },
  } satisfies IJob);
});

test('a schedule is a CronJob in its time zone, whose runs wait for each other or not', () => {
  const scheduleOf = (name: string) => {
    const { jobTemplate, ...spec } = objectOf(SHOP, 'CronJob', name).spec as NonNullable<ICronJob['spec']>;
    return { ...spec, deadline: jobTemplate.spec!.activeDeadlineSeconds };
  };
  const common = { startingDeadlineSeconds: 60, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 3 };
  assert.deepEqual(scheduleOf('migrate'), {
    ...{ schedule: '0 3 * * 0,1,2,3,4,5', timeZone: 'Europe/Paris', concurrencyPolicy: 'Allow' },
    ...{ ...common, deadline: 600 },
  });
  assert.deepEqual(scheduleOf('clean'), {
    ...{ schedule: '@daily', timeZone: 'UTC', concurrencyPolicy: 'Forbid' },
    ...{ ...common, deadline: 60 },
  });
});
