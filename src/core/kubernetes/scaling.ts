import type { ResolvedService } from '../manifest/index.ts';
import { type Labelled, metadataOf } from './labels.ts';
import type { KubernetesObject } from './object.ts';
import { coresQuantity } from './quantity.ts';
import type { KubernetesWish } from './wish.ts';

/**
 * Who chooses the number of a service that has a range; none: nobody does. By cores, and not by a share of what is asked for:
 * pods ask for little, so that they find a node.
 */
export function autoscalerOf(
  { name, scaling, limits }: ResolvedService,
  of: Labelled,
  wish: KubernetesWish,
): KubernetesObject[] {
  if (scaling === null) return [];
  const averageValue = coresQuantity(scaling.cpu * (limits.cpu ?? 1));
  return [
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: metadataOf(wish, of),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: scaling.min,
        maxReplicas: scaling.max,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue } } },
        ],
      },
    },
  ];
}
