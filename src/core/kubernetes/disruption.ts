import { type Labelled, metadataOf, selectorOf } from './labels.ts';
import type { KubernetesObject } from './object.ts';
import type { KubernetesWish } from './wish.ts';

/** Nodes are emptied one instance at a time; those that are broken anyway hold up nothing. */
export function disruptionBudget(of: Labelled, wish: KubernetesWish): KubernetesObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(wish, of),
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selectorOf(wish, of.name) },
    },
  };
}
