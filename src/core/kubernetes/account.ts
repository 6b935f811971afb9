import { type Labelled, metadataOf } from './labels.ts';
import type { KubernetesObject } from './object.ts';
import type { KubernetesWish } from './wish.ts';

/** An account of its own, with no token and no rights. */
export function accountOf(of: Labelled, wish: KubernetesWish): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadataOf(wish, of),
    automountServiceAccountToken: false,
  };
}
