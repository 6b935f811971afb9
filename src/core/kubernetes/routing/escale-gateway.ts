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
import type { GatewayRules, GatewayServiceRules } from './gateway-table.ts';
import { gatewayName } from './names.ts';

const PORT = 8080;
export const METRICS_PORT = 9090;
/** The key of the ConfigMap with what it does. */
export const GATEWAY_RULES = 'rules.json';
/** The API of a cluster, as it is mostly reached. */
const API_PORTS = [443, 6443];
const LEAST = { cpu: '100m', memory: '128Mi' };
/** After SIGTERM: so long it serves on, and each answer ends its connection, so that clients come to another one. */
const RETIRE_MS = 10_000;
/** Then it says that it is not ready, and still serves until every node has heard of it. */
const LEAVE_MS = 6000;
const MARGIN_MS = 5000;
/** A new one that is ready is left alone with its requests once nodes have heard of it, seconds. */
const HEARD_SECONDS = 3;

/**
 * Escale's own gateway in front of the routed services: it finds their pods by EndpointSlices of its namespace, and sends
 * requests to the pods themselves. Beside those its account may read its own rules, and nothing else.
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
      data: { [GATEWAY_RULES]: `${JSON.stringify(gatewayRules(wish), null, 2)}\n` },
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
        {
          ...{ apiGroups: [''], resources: ['configmaps'], resourceNames: [of.name] },
          verbs: ['get', 'list', 'watch'],
        },
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

function gatewayRules({ system }: KubernetesWish): GatewayRules {
  const routed = new Set(system.routes.map(({ service }) => service));
  const services = Object.values(system.services).filter(({ name }) => routed.has(name));
  return {
    system: system.name,
    environment: system.environment,
    routes: system.routes,
    services: Object.fromEntries(services.map((service) => [service.name, rulesOf(service)])),
  };
}

function rulesOf({ stop, hold, responseTimeoutMs }: ResolvedService): GatewayServiceRules {
  return {
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
  const pod = podOf(wish, of, image);
  const labels = labelsOf(wish, of);
  const rollingUpdate = { maxUnavailable: 0, maxSurge: 1 };
  const metadata = metadataOf(wish, of);
  if (instances === 'every-node')
    return {
      ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata },
      spec: {
        minReadySeconds: HEARD_SECONDS,
        updateStrategy: { type: 'RollingUpdate', rollingUpdate },
        selector,
        template: { metadata: { labels }, spec: pod },
      },
    };
  const spread = {
    ...{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
    labelSelector: selector,
  };
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
    spec: {
      replicas: instances,
      minReadySeconds: HEARD_SECONDS,
      strategy: { type: 'RollingUpdate', rollingUpdate },
      selector,
      template: { metadata: { labels }, spec: { ...pod, topologySpreadConstraints: [spread] } },
    },
  };
}

function podOf(wish: KubernetesWish, of: Labelled, image: string): object {
  const drains = Object.values(wish.system.services).map(({ stop }) =>
    Math.max(stop.drainMs, stop.websocketsMs),
  );
  const drainMs = Math.max(0, ...drains);
  return {
    ...closedPod(of.name),
    automountServiceAccountToken: true,
    terminationGracePeriodSeconds: wholeSeconds(RETIRE_MS + LEAVE_MS + drainMs + MARGIN_MS),
    containers: [
      {
        name: 'gateway',
        image,
        imagePullPolicy: 'IfNotPresent',
        env: [
          { name: 'PORT', value: String(PORT) },
          { name: 'METRICS_PORT', value: String(METRICS_PORT) },
          { name: 'ESCALE_GATEWAY', value: of.name },
          { name: 'ESCALE_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
          { name: 'ESCALE_RETIRE_MS', value: String(RETIRE_MS) },
          { name: 'ESCALE_LEAVE_MS', value: String(LEAVE_MS) },
          { name: 'ESCALE_DRAIN_MS', value: String(drainMs) },
        ],
        ports: [
          { name: 'http', containerPort: PORT, protocol: 'TCP' },
          { name: 'metrics', containerPort: METRICS_PORT, protocol: 'TCP' },
        ],
        readinessProbe: {
          httpGet: { path: '/readyz', port: 'metrics' },
          ...{ periodSeconds: 1, timeoutSeconds: 2, failureThreshold: 3 },
        },
        resources: { requests: LEAST },
        securityContext: CLOSED_CONTAINER,
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
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
    ingress: [{ ports: [PORT] }, { from: [{ namespaceSelector: {} }], ports: [METRICS_PORT] }],
    egress: [
      { to: services, ports: [IMAGE_ADDRESS.port] },
      { to: PUBLIC.everywhere, ports: API_PORTS },
    ],
  };
}
