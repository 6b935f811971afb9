import type { KubernetesObject } from './object.ts';
import { CLOSED_CONTAINER, closedPod, RESTRICTED_NAMESPACE } from './security.ts';
import type { KubernetesOptions } from './wish.ts';

/** What Escale itself is to be in a cluster. */
export interface ServerWish {
  namespace: string;
  image: string;
  /** The name under which it is reached beside `escale.localhost`; null: none. */
  host: string | null;
  storage: KubernetesOptions['storage'];
  /** What images of services stand on, as `escale image build --base` has it; null: Debian's packages, by the pod's apt. */
  imageBase: string | null;
}

/** Where nothing else is said; the image is for an overlay to name. */
export const USUAL_SERVER: ServerWish = {
  namespace: 'escale',
  image: 'escale/server',
  host: null,
  storage: { size: '20Gi', className: null },
  imageBase: null,
};

const NAME = 'escale';
const PROGRAM = '/opt/escale/escale';
const PORT = 8080;
/** The user of its image, and the group that its volume is given to. */
const USER = 1000;
/** Where the volume is. Escale's home lies below it: a new disk's own folders (`lost+found`) are none of Escale's. */
const VOLUME = '/data';
/** The Secret with the users of registries, of the type `kubernetes.io/dockerconfigjson`; it need not be there. */
const REGISTRY_SECRET = 'registry';
const REGISTRY_FOLDER = '/etc/escale/registry';
const LEAST = { cpu: '250m', memory: '512Mi' };
/** `escale server stop` takes 60 s at most; then there is some margin. */
const GRACE_SECONDS = 90;

const SELECTOR = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/component': 'control-plane' };
const LABELS = { ...SELECTOR, 'app.kubernetes.io/part-of': NAME };

/**
 * The control plane in a cluster: one replica with one volume, and a Service. Its account has no rights but those that
 * `escale render rbac --account` gives it, one namespace at a time.
 */
export function renderServer(wish: ServerWish): KubernetesObject[] {
  const { namespace } = wish;
  const metadata = { name: NAME, namespace, labels: LABELS };
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { ...LABELS, ...RESTRICTED_NAMESPACE } },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata,
      spec: {
        replicas: 1,
        serviceName: NAME,
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        selector: { matchLabels: SELECTOR },
        template: { metadata: { labels: LABELS }, spec: podOf(wish) },
        volumeClaimTemplates: [claimOf(wish)],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: SELECTOR,
        ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      spec: {
        podSelector: { matchLabels: SELECTOR },
        policyTypes: ['Ingress'],
        ingress: [{ ports: [{ protocol: 'TCP', port: PORT }] }],
      },
    },
  ];
}

function podOf({ image, host, imageBase }: ServerWish): object {
  return {
    ...closedPod(NAME),
    automountServiceAccountToken: true,
    securityContext: {
      ...closedPod(NAME).securityContext,
      ...{ runAsUser: USER, runAsGroup: USER, fsGroup: USER, fsGroupChangePolicy: 'OnRootMismatch' },
    },
    // The cluster's own first process takes in what Escale's processes leave behind when one of them ends.
    shareProcessNamespace: true,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    imagePullSecrets: [{ name: REGISTRY_SECRET }],
    containers: [
      {
        name: NAME,
        image,
        imagePullPolicy: 'IfNotPresent',
        command: [
          ...[PROGRAM, 'server', 'run', '--listen', '0.0.0.0', '--port', String(PORT)],
          ...(host === null ? [] : ['--host', host]),
        ],
        env: [
          { name: 'ESCALE_HOME', value: `${VOLUME}/escale` },
          { name: 'HOME', value: VOLUME },
          { name: 'DOCKER_CONFIG', value: REGISTRY_FOLDER },
          ...(imageBase === null ? [] : [{ name: 'ESCALE_IMAGE_BASE', value: imageBase }]),
        ],
        ports: [{ name: 'http', containerPort: PORT, protocol: 'TCP' }],
        // Its gateway asks the control plane for this page, so it stands for both; what was upgraded may take minutes.
        startupProbe: { ...signInPage(), periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 150 },
        readinessProbe: { ...signInPage(), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
        // Its processes bring each other back; whoever needs longer than two minutes for that is not coming.
        livenessProbe: { ...signInPage(), periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 12 },
        // SIGTERM alone would leave the others of its processes to a SIGKILL.
        lifecycle: { preStop: { exec: { command: [PROGRAM, 'server', 'stop'] } } },
        resources: { requests: LEAST },
        securityContext: CLOSED_CONTAINER,
        volumeMounts: [
          { name: 'data', mountPath: VOLUME },
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'registry', mountPath: REGISTRY_FOLDER, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: 'tmp', emptyDir: { sizeLimit: '2Gi' } },
      {
        name: 'registry',
        secret: {
          secretName: REGISTRY_SECRET,
          optional: true,
          items: [{ key: '.dockerconfigjson', path: 'config.json' }],
        },
      },
    ],
  };
}

/** It answers by the name that is always its own. */
function signInPage(): object {
  const httpHeaders = [{ name: 'Host', value: `escale.localhost:${PORT}` }];
  return { httpGet: { path: '/sign-in', port: 'http', httpHeaders } };
}

function claimOf({ storage: { size, className } }: ServerWish): object {
  return {
    metadata: { name: 'data' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(className !== null && { storageClassName: className }),
      resources: { requests: { storage: size } },
    },
  };
}
