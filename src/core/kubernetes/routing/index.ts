import type { KubernetesObject, KubernetesPart } from '../object.ts';
import type { KubernetesWish } from '../wish.ts';
import { escaleGateway } from './escale-gateway.ts';
import { gatewayRoutes } from './gateway-api.ts';
import { ingresses } from './ingress.ts';

export { GATEWAY_RULES, METRICS_PORT as GATEWAY_METRICS_PORT } from './escale-gateway.ts';
export * from './gateway-table.ts';

/** What brings requests from outside to the routed services; null where their Services do it, or nothing does. */
export function renderRoutes(wish: KubernetesWish): KubernetesPart | null {
  const objects = wish.system.routes.length === 0 ? [] : objectsOf(wish);
  return objects.length === 0 ? null : { name: 'routes', stage: 'routes', objects };
}

function objectsOf(wish: KubernetesWish): KubernetesObject[] {
  const { routing } = wish.options;
  switch (routing.kind) {
    case 'gateway-api':
      return gatewayRoutes(wish, routing);
    case 'ingress':
      return ingresses(wish, routing);
    case 'escale-gateway':
      return escaleGateway(wish, routing);
    default:
      return [];
  }
}
