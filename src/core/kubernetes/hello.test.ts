import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { INamespace } from 'kubernetes-models/v1/Namespace';
import type { IService } from 'kubernetes-models/v1/Service';
import type { IServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { renderSystem } from './index.ts';
import { HELLO } from './testing/systems.ts';
import { DIGEST, wishFor } from './testing/wish.ts';

const SYSTEM_LABELS = {
  'app.kubernetes.io/name': 'hello',
  'app.kubernetes.io/instance': 'hello-production',
  'app.kubernetes.io/component': 'system',
  'app.kubernetes.io/part-of': 'hello',
  'app.kubernetes.io/managed-by': 'escale',
  'escale/environment': 'production',
};
const SELECTOR = { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'hello-production' };
const LABELS = {
  ...SYSTEM_LABELS,
  ...SELECTOR,
  'app.kubernetes.io/version': '7',
  'app.kubernetes.io/component': 'service',
};
const namespace = 'hello-production';

test('hello, whole: a namespace that is closed, then its service, then its route', () => {
  assert.deepEqual(renderSystem(wishFor(HELLO)), [
    {
      name: 'namespace',
      stage: 'base',
      objects: [
        {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: {
            name: 'hello-production',
            labels: {
              ...SYSTEM_LABELS,
              'pod-security.kubernetes.io/enforce': 'restricted',
              'pod-security.kubernetes.io/audit': 'restricted',
              'pod-security.kubernetes.io/warn': 'restricted',
            },
          },
        } satisfies INamespace,
      ],
    },
    {
      name: 'network',
      stage: 'base',
      objects: [
        {
          apiVersion: 'networking.k8s.io/v1',
          kind: 'NetworkPolicy',
          metadata: { name: 'default-deny', namespace, labels: SYSTEM_LABELS },
          spec: {
            podSelector: {},
            policyTypes: ['Ingress', 'Egress'],
            egress: [
              {
                to: [{ namespaceSelector: {} }, { ipBlock: { cidr: '169.254.20.10/32' } }],
                ports: [
                  { protocol: 'UDP', port: 53 },
                  { protocol: 'TCP', port: 53 },
                ],
              },
            ],
          },
        } satisfies INetworkPolicy,
      ],
    },
    { name: 'web', stage: 'services', objects: [ACCOUNT, DEPLOYMENT, SERVICE, BUDGET, POLICY] },
    { name: 'routes', stage: 'routes', objects: [ROUTE] },
  ]);
});

const metadata = { name: 'web', namespace, labels: LABELS };

const ACCOUNT: IServiceAccount = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata,
  automountServiceAccountToken: false,
};

const DEPLOYMENT: IDeployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata,
  spec: {
    replicas: 3,
    revisionHistoryLimit: 2,
    progressDeadlineSeconds: 331,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    selector: { matchLabels: SELECTOR },
    template: {
      metadata: { labels: LABELS },
      spec: {
        serviceAccountName: 'web',
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        shareProcessNamespace: true,
        // 10 s of sleep, 20 s of drain, 10 s from SIGTERM to SIGKILL.
        terminationGracePeriodSeconds: 40,
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: SELECTOR },
            matchLabelKeys: ['pod-template-hash'],
          },
        ],
        containers: [
          {
            name: 'web',
            image: `r.example.org/web@${DIGEST}`,
            imagePullPolicy: 'IfNotPresent',
            command: ['node', 'server.ts'],
            env: [
              { name: 'HOST', value: '0.0.0.0' },
              { name: 'PORT', value: '8000' },
              { name: 'ESCALE_SYSTEM', value: 'hello' },
              { name: 'ESCALE_ENVIRONMENT', value: 'production' },
              { name: 'ESCALE_SERVICE', value: 'web' },
              { name: 'ESCALE_RELEASE', value: '7' },
              { name: 'ESCALE_INSTANCE', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
              { name: 'HELLO_COLOR', value: '#0f766e' },
            ],
            resources: { requests: { cpu: '50m', memory: '64Mi' } },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              readOnlyRootFilesystem: true,
            },
            ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }],
            startupProbe: {
              httpGet: { path: '/readyz', port: 'http' },
              ...{ periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 30 },
            },
            readinessProbe: {
              httpGet: { path: '/readyz', port: 'http' },
              ...{ periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 },
            },
            livenessProbe: {
              httpGet: { path: '/livez', port: 'http' },
              ...{ periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 3 },
            },
            lifecycle: { preStop: { sleep: { seconds: 10 } } },
            volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
          },
        ],
        volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '256Mi' } }],
      },
    },
  },
};

const SERVICE: IService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: {
    type: 'ClusterIP',
    selector: SELECTOR,
    ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
  },
};

const BUDGET: IPodDisruptionBudget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata,
  spec: {
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
    selector: { matchLabels: SELECTOR },
  },
};

/** Users of other systems of the environment; and, because it has a route, whoever brings requests. Nothing goes out. */
const POLICY: INetworkPolicy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata,
  spec: {
    podSelector: { matchLabels: SELECTOR },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'escale/environment': 'production' } },
            podSelector: { matchLabels: { 'hello.uses.escale/web': 'true' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 8000 }],
      },
      { ports: [{ protocol: 'TCP', port: 8000 }] },
    ],
  },
};

const ROUTE: IHTTPRoute = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'production.hello.localhost', namespace, labels: SYSTEM_LABELS },
  spec: {
    parentRefs: [{ name: 'public', namespace: 'gateways' }],
    hostnames: ['production.hello.localhost'],
    rules: [
      {
        matches: [{ path: { type: 'PathPrefix', value: '/' } }],
        backendRefs: [{ name: 'web', port: 80 }],
      },
    ],
  },
};
