import type { KubernetesWish } from './wish.ts';

/** A kind of object that Escale applies, as rights name it. */
export interface AppliedKind {
  group: string;
  /** In small letters and the plural: `deployments`. */
  resource: string;
}

const EVERYWHERE: Record<string, string[]> = {
  '': ['configmaps', 'secrets', 'serviceaccounts', 'services'],
  apps: ['daemonsets', 'deployments', 'statefulsets'],
  batch: ['cronjobs', 'jobs'],
  'networking.k8s.io': ['networkpolicies'],
  policy: ['poddisruptionbudgets'],
};

/**
 * Every kind that a system may have in a cluster, whatever its file says next: what a former release had must be removable.
 * Ways in and databases count only as they were chosen.
 */
export function appliedKinds({ options }: Pick<KubernetesWish, 'options'>): AppliedKind[] {
  const { routing, postgres } = options;
  const kinds = { ...EVERYWHERE };
  if (postgres.kind === 'cloudnative-pg') kinds['postgresql.cnpg.io'] = ['clusters'];
  if (routing.kind === 'gateway-api') kinds['gateway.networking.k8s.io'] = ['httproutes'];
  if (routing.kind === 'ingress') {
    kinds['networking.k8s.io'] = ['ingresses', 'networkpolicies'];
    if (routing.className === 'traefik') kinds['traefik.io'] = ['middlewares'];
  }
  if (routing.kind === 'escale-gateway') kinds['rbac.authorization.k8s.io'] = ['rolebindings', 'roles'];
  return Object.entries(kinds).flatMap(([group, resources]) =>
    resources.map((resource) => ({ group, resource })),
  );
}
