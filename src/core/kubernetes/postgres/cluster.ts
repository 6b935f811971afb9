import type { ResolvedResource } from '../../manifest/index.ts';
import { metadataOf } from '../labels.ts';
import { freeName } from '../names.ts';
import { PUBLIC } from '../network/peers.ts';
import { policyOf, usersOf } from '../network/policy.ts';
import type { KubernetesObject } from '../object.ts';
import type { KubernetesWish, PostgresChoice } from '../wish.ts';
import { DATABASE, LEAST, PORT } from './stateful-set.ts';

/** The operator's status, and the API of the cluster as it is mostly reached. */
const STATUS_PORT = 8000;
const API_PORTS = [443, 6443];

/** The operator makes Services of its own beside it, which must not be those of the system. */
export function clusterName({ name }: ResolvedResource, { system }: KubernetesWish): string {
  const beside = (cluster: string) => ['rw', 'ro', 'r'].map((kind) => `${cluster}-${kind}`);
  let cluster = name;
  while (beside(cluster).some((service) => Object.hasOwn(system.services, service)))
    cluster = freeName(`${cluster}-db`, system);
  return cluster;
}

/** What the operator labels its pods with. */
export function clusterSelector(resource: ResolvedResource, wish: KubernetesWish): Record<string, string> {
  return { 'cnpg.io/cluster': clusterName(resource, wish) };
}

/** A `Cluster` of CloudNativePG, in words of its version 1.25 and later. It makes user, password and address itself. */
export function renderCluster(
  resource: ResolvedResource,
  { instances, image }: Extract<PostgresChoice, { kind: 'cloudnative-pg' }>,
  wish: KubernetesWish,
): KubernetesObject[] {
  const { size, className } = wish.options.storage;
  const of = { name: resource.name, component: 'database' } as const;
  return [
    {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: metadataOf(wish, of, clusterName(resource, wish)),
      spec: {
        instances,
        ...(image !== null && { imageName: image }),
        bootstrap: { initdb: { database: DATABASE, owner: DATABASE } },
        ...(instances > 1 && { postgresql: { synchronous: synchronousOf(instances) } }),
        affinity: { enablePodAntiAffinity: true, topologyKey: 'kubernetes.io/hostname' },
        resources: { requests: LEAST },
        storage: { size, ...(className !== null && { storageClass: className }) },
      },
    },
    policyOf(wish, of, {
      selector: clusterSelector(resource, wish),
      ...networkOf(resource, wish),
    }),
  ];
}

/** What was committed is on two machines. With two in all, one that is away must not stop the other. */
function synchronousOf(instances: number): object {
  return { method: 'any', number: 1, dataDurability: instances > 2 ? 'required' : 'preferred' };
}

/** Its instances speak with each other, with the operator and with the API of the cluster, which nobody knows the address of. */
function networkOf(resource: ResolvedResource, wish: KubernetesWish) {
  const each = [{ podSelector: { matchLabels: clusterSelector(resource, wish) } }];
  const users = usersOf(resource.name, wish);
  return {
    ingress: [
      { from: [...each, ...users], ports: [PORT] },
      { from: [{ namespaceSelector: {} }], ports: [STATUS_PORT] },
    ],
    egress: [
      { to: each, ports: [PORT, STATUS_PORT] },
      { to: PUBLIC.everywhere, ports: API_PORTS },
    ],
  };
}
