import type { ResolvedResource } from '../../manifest/index.ts';
import type { KubernetesPart } from '../object.ts';
import type { KubernetesWish } from '../wish.ts';
import { renderCluster } from './cluster.ts';
import { renderStatefulSet } from './stateful-set.ts';

/** A database that Escale runs; null for one that exists elsewhere. */
export function renderPostgres(resource: ResolvedResource, wish: KubernetesWish): KubernetesPart | null {
  if (resource.external !== null) return null;
  const { postgres } = wish.options;
  const objects =
    postgres.kind === 'cloudnative-pg'
      ? renderCluster(resource, postgres, wish)
      : renderStatefulSet(resource, postgres, wish);
  return { name: resource.name, stage: 'resources', objects };
}
