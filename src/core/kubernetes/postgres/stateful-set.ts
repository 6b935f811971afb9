import type { ResolvedResource } from '../../manifest/index.ts';
import { accountOf } from '../account.ts';
import { labelsOf, metadataOf, selectorOf } from '../labels.ts';
import { policyOf, usersOf } from '../network/policy.ts';
import type { KubernetesObject } from '../object.ts';
import { CLOSED_CONTAINER, closedPod } from '../security.ts';
import { fromSecret } from '../variables.ts';
import type { KubernetesWish, PostgresChoice } from '../wish.ts';

/** The database, and the user that owns it. */
export const DATABASE = 'app';
export const PORT = 5432;
/** What a server needs to start; it takes more where there is more. */
export const LEAST = { cpu: '100m', memory: '256Mi' };
/** The user `postgres` of the official image on Debian. */
const USER = 999;
/** A server writes everything down before it ends: it is not hurried, seconds. */
const GRACE_SECONDS = 120;

/** The Secret with a database's passwords: `password` of its owner, `superuser-password`. */
export function credentialsOf({ name }: { name: string }): string {
  return `${name}-credentials`;
}

/** One server of the official image with a volume, whose programs don't come in as superuser. */
export function renderStatefulSet(
  resource: ResolvedResource,
  { image }: Extract<PostgresChoice, { kind: 'stateful-set' }>,
  wish: KubernetesWish,
): KubernetesObject[] {
  const { name } = resource;
  const of = { name, component: 'database' } as const;
  const selector = selectorOf(wish, name);
  const users = usersOf(name, wish);
  const ingress = users.length === 0 ? [] : [{ from: users, ports: [PORT] }];
  return [
    accountOf(of, wish),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadataOf(wish, of, scriptsOf(resource)),
      data: { 'owner.sh': OWNER_SCRIPT },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadataOf(wish, of),
      spec: {
        replicas: 1,
        serviceName: name,
        podManagementPolicy: 'Parallel',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        selector: { matchLabels: selector },
        template: { metadata: { labels: labelsOf(wish, of) }, spec: podOf(resource, image) },
        volumeClaimTemplates: [dataClaim(wish)],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(wish, of),
      spec: {
        type: 'ClusterIP',
        selector,
        ports: [{ name: 'postgres', port: PORT, targetPort: 'postgres', protocol: 'TCP' }],
      },
    },
    policyOf(wish, of, { selector, ingress, egress: [] }),
  ];
}

function scriptsOf({ name }: ResolvedResource): string {
  return `${name}-scripts`;
}

/** Run once by the image, in a new data folder only. A password is no word of a command line. */
const OWNER_SCRIPT = `set -e
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres <<'SQL'
\\getenv password OWNER_PASSWORD
CREATE ROLE ${DATABASE} LOGIN PASSWORD :'password';
CREATE DATABASE ${DATABASE} OWNER ${DATABASE};
REVOKE ALL ON DATABASE ${DATABASE} FROM PUBLIC;
SQL
`;

/** A volume's claim, with what the API adds to one, so that kubectl sees no difference. `volumeClaimTemplates` outlive what made them. */
export function dataClaim({ options: { storage } }: KubernetesWish): object {
  return {
    ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
    metadata: { name: 'data' },
    spec: {
      volumeMode: 'Filesystem',
      accessModes: ['ReadWriteOnce'],
      ...(storage.className !== null && { storageClassName: storage.className }),
      resources: { requests: { storage: storage.size } },
    },
    status: { phase: 'Pending' },
  };
}

/** Neither started nor killed by probes: recovery after a crash takes its time. */
function podOf(resource: ResolvedResource, image: string): object {
  const secret = credentialsOf(resource);
  return {
    ...closedPod(resource.name),
    securityContext: {
      ...closedPod(resource.name).securityContext,
      ...{ runAsUser: USER, runAsGroup: USER, fsGroup: USER, fsGroupChangePolicy: 'OnRootMismatch' },
    },
    terminationGracePeriodSeconds: GRACE_SECONDS,
    containers: [
      {
        name: 'postgres',
        image,
        imagePullPolicy: 'IfNotPresent',
        ports: [{ name: 'postgres', containerPort: PORT, protocol: 'TCP' }],
        env: [
          fromSecret('POSTGRES_PASSWORD', secret, 'superuser-password'),
          fromSecret('OWNER_PASSWORD', secret, 'password'),
        ],
        resources: { requests: LEAST },
        // While its data folder is made, the image's server has no port.
        readinessProbe: {
          exec: { command: ['pg_isready', '--quiet', '--host', '127.0.0.1', '--username', 'postgres'] },
          periodSeconds: 2,
          timeoutSeconds: 5,
          failureThreshold: 3,
        },
        securityContext: CLOSED_CONTAINER,
        volumeMounts: [
          { name: 'data', mountPath: '/var/lib/postgresql' },
          { name: 'scripts', mountPath: '/docker-entrypoint-initdb.d', readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'run', mountPath: '/var/run/postgresql' },
          { name: 'shared-memory', mountPath: '/dev/shm' },
        ],
      },
    ],
    volumes: [
      { name: 'scripts', configMap: { name: scriptsOf(resource) } },
      { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
      { name: 'run', emptyDir: { sizeLimit: '1Mi' } },
      { name: 'shared-memory', emptyDir: { medium: 'Memory', sizeLimit: '256Mi' } },
    ],
  };
}
