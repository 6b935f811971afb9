import type { EnginePlace } from '../../core/contracts/index.ts';
import {
  appliedKinds,
  type KindChoice,
  namespaceOf,
  type Right,
  rightsNeeded,
} from '../../core/kubernetes/index.ts';
import { type Cluster, isRefusal } from './api/index.ts';

/** Since when a pod can sleep before it is told to end. */
const OLDEST_MINOR = 30;

export interface ClusterFacts {
  /** `v1.36.2`. */
  version: string;
  isTooOld: boolean;
  /** Kinds of objects that the cluster does not know: `HTTPRoute (gateway.networking.k8s.io)`. */
  unknownKinds: string[];
  /** Rights that are missing, by namespace: `patch deployments`. */
  missingRights: Record<string, string[]>;
}

/** What a cluster has and lacks for what Escale applies there. Throws what every request throws. */
export async function examineCluster(
  cluster: Cluster,
  options: KindChoice,
  places: EnginePlace[],
): Promise<ClusterFacts> {
  const version = await cluster.version();
  const [, minor = '0'] = /^v1\.(\d+)/.exec(version) ?? [];
  const namespaces = places.map(({ system, environment }) => namespaceOf(system, environment));
  const missing = await Promise.all(
    namespaces.map(
      async (namespace) => [namespace, await missingRights(cluster, options, namespace)] as const,
    ),
  );
  return {
    version,
    isTooOld: Number(minor) < OLDEST_MINOR,
    unknownKinds: await unknownKinds(cluster, options),
    missingRights: Object.fromEntries(missing.filter(([, rights]) => rights.length > 0)),
  };
}

async function unknownKinds(cluster: Cluster, options: KindChoice): Promise<string[]> {
  const foreign = appliedKinds({ options }).filter(
    ({ group }) => group.includes('.') && !group.endsWith('.k8s.io'),
  );
  const gateway = appliedKinds({ options }).filter(({ group }) => group === 'gateway.networking.k8s.io');
  const asked = await Promise.all(
    [...foreign, ...gateway].map(async (kind) => {
      const known = await cluster.list(kind, { namespace: 'default' }).then(
        () => true,
        // Who may not list it knows at least that it is there.
        (error: unknown) => !isRefusal(error, 404),
      );
      return known ? [] : [`${kind.kind} (${kind.group})`];
    }),
  );
  return asked.flat();
}

async function missingRights(cluster: Cluster, options: KindChoice, namespace: string): Promise<string[]> {
  const rights = rightsNeeded({ options });
  const allowed = await Promise.all(rights.map((right) => isAllowed(cluster, namespace, right)));
  return rights.filter((_, index) => !allowed[index]).map(({ verb, resource }) => `${verb} ${resource}`);
}

async function isAllowed(
  cluster: Cluster,
  namespace: string,
  { group, resource, verb }: Right,
): Promise<boolean> {
  const [name, subresource] = resource.split('/');
  const review = await cluster.create({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: {
      resourceAttributes: { namespace, group, resource: name, verb, ...(subresource && { subresource }) },
    },
  });
  return (review.status as { allowed?: boolean }).allowed === true;
}
