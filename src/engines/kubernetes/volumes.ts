import type { KubernetesObject, KubernetesPart } from '../../core/kubernetes/index.ts';
import type { Cluster, LiveObject } from './api/index.ts';
import { deleteAll } from './applying.ts';

interface ClaimTemplate {
  spec: { storageClassName?: string; resources: { requests: { storage: string } } };
}

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

/**
 * StatefulSets that are there and ask for other volumes than wished (`--storage`, `--storage-class` were changed): a cluster
 * lets nobody change that.
 */
export async function toBeMadeAnew(cluster: Cluster, parts: KubernetesPart[]): Promise<LiveObject[]> {
  const wished = parts.flatMap(({ objects }) => objects).filter(({ kind }) => kind === 'StatefulSet');
  const found = await Promise.all(
    wished.map(async (object) => {
      const { apiVersion, kind, metadata } = object;
      const live = await cluster.get({
        apiVersion,
        kind,
        name: metadata.name,
        namespace: metadata.namespace!,
      });
      return live !== null && asks(live) !== asks(object) ? [live] : [];
    }),
  );
  return found.flat();
}

/** Size, and class where one is named: the cluster fills in its own where none is. */
function asks({ spec }: LiveObject | KubernetesObject): string {
  const { volumeClaimTemplates: templates = [] } = spec as { volumeClaimTemplates?: ClaimTemplate[] };
  return JSON.stringify(
    templates.map(({ spec: { storageClassName = null, resources } }) => [
      storageClassName,
      resources.requests.storage,
    ]),
  );
}

/** Takes them away without their pods, which serve on; volumes that were never had are asked for anew. */
export async function makeWay(cluster: Cluster, sets: LiveObject[]): Promise<void> {
  for (const { apiVersion, kind, metadata } of sets) {
    const { name, uid } = metadata;
    const namespace = metadata.namespace!;
    await cluster.delete({ apiVersion, kind, name, namespace }, { uid, propagation: 'orphan' });
    await forgetUnbound(cluster, namespace, ({ metadata: claim }) =>
      new RegExp(`^data-${name}-\\d+$`).test(claim.name),
    );
  }
}

/** Claims that nothing was ever given for: they hold no data, and with a class that is not there never will. */
export async function forgetUnbound(
  cluster: Cluster,
  namespace: string,
  isMeant: (claim: LiveObject) => boolean,
): Promise<void> {
  const { items } = await cluster.list(CLAIM, { namespace });
  const isUnbound = ({ status }: LiveObject) =>
    (status as { phase?: string } | undefined)?.phase === 'Pending';
  await deleteAll(
    cluster,
    items.filter((claim) => isUnbound(claim) && isMeant(claim)),
  );
}
