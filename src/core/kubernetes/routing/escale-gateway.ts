import { IMAGE_ADDRESS } from '../../image/index.ts';
import type { ResolvedService } from '../../manifest/index.ts';
import { accountOf } from '../account.ts';
import { disruptionBudget } from '../disruption.ts';
import { type Labelled, labelsOf, metadataOf, selectorOf } from '../labels.ts';
import { policyOf } from '../network/index.ts';
import { PUBLIC } from '../network/peers.ts';
import type { KubernetesObject } from '../object.ts';
import { wholeSeconds } from '../quantity.ts';
import { CLOSED_CONTAINER, closedPod } from '../security.ts';
import type { EscaleGateway, KubernetesWish } from '../wish.ts';
import { gatewayName } from './names.ts';

const PORT = 8080;
const TABLE = 'table.json';
const TABLE_FOLDER = '/etc/escale-gateway';
/** The API of a cluster, as it is mostly reached. */
const API_PORTS = [443, 6443];
const LEAST = { cpu: '100m', memory: '128Mi' };

/**
 * Escale's own gateway in front of the routed services: it finds their pods by EndpointSlices of its namespace, the only
 * thing that its account may read, and sends requests to the pods themselves.
 */
export function escaleGateway(wish: KubernetesWish, gateway: EscaleGateway): KubernetesObject[] {
  const of: Labelled = { name: gatewayName(wish.system), component: 'gateway' };
  const single = gateway.instances === 'every-node' || gateway.instances < 2;
  return [
    ...accountWithRights(wish, of),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadataOf(wish, of),
      data: { [TABLE]: `${JSON.stringify(tableOf(wish), null, 2)}\n` },
    },
    workloadOf(wish, of, gateway),
    serviceOf(wish, of, gateway),
    ...(single ? [] : [disruptionBudget(of, wish)]),
    policyOf(wish, of, networkOf(wish, of)),
  ];
}

function accountWithRights(wish: KubernetesWish, of: Labelled): KubernetesObject[] {
  const metadata = metadataOf(wish, of);
  const group = 'rbac.authorization.k8s.io';
  return [
    accountOf(of, wish),
    {
      apiVersion: `${group}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
      ],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'Role', name: of.name },
      subjects: [{ kind: 'ServiceAccount', name: of.name, namespace: wish.options.namespace }],
    },
  ];
}

/** What it does for each routed service, as the file says it; which pods there are it sees itself. */
function tableOf({ system }: KubernetesWish): object {
  const routed = new Set(system.routes.map(({ service }) => service));
  const services = Object.values(system.services).filter(({ name }) => routed.has(name));
  return {
    system: system.name,
    environment: system.environment,
    routes: system.routes,
    services: Object.fromEntries(services.map((service) => [service.name, rulesOf(service)])),
  };
}

function rulesOf({ health, start, stop, hold, responseTimeoutMs }: ResolvedService): object {
  const { ready, intervalMs, timeoutMs, failures } = health;
  return {
    probe: { path: ready, intervalMs, timeoutMs, failures, stableMs: start.stableMs },
    drain: { requestsMs: stop.drainMs, upgradesMs: stop.websocketsMs },
    hold,
    responseTimeoutMs,
  };
}

function workloadOf(
  wish: KubernetesWish,
  of: Labelled,
  { image, instances }: EscaleGateway,
): KubernetesObject {
  const selector = { matchLabels: selectorOf(wish, of.name) };
  const template = { metadata: { labels: labelsOf(wish, of) }, spec: podOf(wish, of, image) };
  const rollingUpdate = { maxUnavailable: 0, maxSurge: 1 };
  const metadata = metadataOf(wish, of);
  if (instances === 'every-node') {
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate };
    return {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      spec: { updateStrategy, selector, template },
    };
  }
  const strategy = { type: 'RollingUpdate', rollingUpdate };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: instances, strategy, selector, template },
  };
}

function podOf(wish: KubernetesWish, of: Labelled, image: string): object {
  const drains = Object.values(wish.system.services).map(({ stop }) =>
    Math.max(stop.drainMs, stop.websocketsMs),
  );
  return {
    ...closedPod(of.name),
    automountServiceAccountToken: true,
    terminationGracePeriodSeconds: wish.options.sleepSeconds + wholeSeconds(Math.max(0, ...drains)),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selectorOf(wish, of.name) },
      },
    ],
    containers: [
      {
        name: 'gateway',
        image,
        imagePullPolicy: 'IfNotPresent',
        env: [
          { name: 'HOST', value: '0.0.0.0' },
          { name: 'PORT', value: String(PORT) },
          { name: 'ESCALE_GATEWAY_TABLE', value: `${TABLE_FOLDER}/${TABLE}` },
          { name: 'ESCALE_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
        ],
        ports: [{ name: 'http', containerPort: PORT, protocol: 'TCP' }],
        readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 1, failureThreshold: 2 },
        lifecycle: { preStop: { sleep: { seconds: wish.options.sleepSeconds } } },
        resources: { requests: LEAST },
        securityContext: CLOSED_CONTAINER,
        volumeMounts: [
          { name: 'table', mountPath: TABLE_FOLDER, readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      { name: 'table', configMap: { name: of.name } },
      { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
    ],
  };
}

/** Requests stay on the node that they came to, and keep the address that they came from. */
function serviceOf(wish: KubernetesWish, of: Labelled, { expose }: EscaleGateway): KubernetesObject {
  const nodePort = expose.type === 'NodePort' && expose.port !== null ? { nodePort: expose.port } : {};
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(wish, of),
    spec: {
      type: expose.type,
      externalTrafficPolicy: 'Local',
      selector: selectorOf(wish, of.name),
      ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', ...nodePort }],
    },
  };
}

function networkOf(wish: KubernetesWish, of: Labelled) {
  const values = [...new Set(wish.system.routes.map(({ service }) => service))];
  const services = [
    {
      podSelector: { matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In' as const, values }] },
    },
  ];
  return {
    selector: selectorOf(wish, of.name),
    ingress: [{ ports: [PORT] }],
    egress: [
      { to: services, ports: [IMAGE_ADDRESS.port] },
      { to: PUBLIC.everywhere, ports: API_PORTS },
    ],
  };
}
