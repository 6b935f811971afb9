import type { KindChoice } from './wish.ts';

/** A kind of object that Escale applies, as rights name it. */
export interface AppliedKind {
  group: string;
  /** In small letters and the plural: `deployments`. */
  resource: string;
  /** As objects name it. */
  apiVersion: string;
  kind: string;
}

const EVERYWHERE = [
  ...['ConfigMap', 'Secret', 'ServiceAccount', 'Service'].map((kind) => ['v1', kind]),
  ...['DaemonSet', 'Deployment', 'StatefulSet'].map((kind) => ['apps/v1', kind]),
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ...['CronJob', 'Job'].map((kind) => ['batch/v1', kind]),
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['policy/v1', 'PodDisruptionBudget'],
] as [string, string][];

/**
 * Every kind that a system may have in a cluster, whatever its file says next: what a former release had must be removable.
 * Ways in and databases count only as they were chosen.
 */
export function appliedKinds({ options }: { options: KindChoice }): AppliedKind[] {
  const { routing, postgres } = options;
  const chosen: [string, string][] = [];
  if (postgres.kind === 'cloudnative-pg') chosen.push(['postgresql.cnpg.io/v1', 'Cluster']);
  if (routing.kind === 'gateway-api') chosen.push(['gateway.networking.k8s.io/v1', 'HTTPRoute']);
  if (routing.kind === 'ingress') {
    chosen.push(['networking.k8s.io/v1', 'Ingress']);
    if (routing.className === 'traefik') chosen.push(['traefik.io/v1alpha1', 'Middleware']);
  }
  if (routing.kind === 'escale-gateway')
    chosen.push(
      ...['RoleBinding', 'Role'].map((kind) => ['rbac.authorization.k8s.io/v1', kind] as [string, string]),
    );
  return [...EVERYWHERE, ...chosen].map(([apiVersion, kind]) => ({
    ...{
      group: apiVersion.includes('/') ? apiVersion.split('/')[0]! : '',
      resource: pluralOf(kind),
      apiVersion,
      kind,
    },
  }));
}

/** `NetworkPolicy` is `networkpolicies`, as the API has it for every kind that Escale knows. */
export function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith('y')) return `${word.slice(0, -1)}ies`;
  return word.endsWith('s') ? `${word}es` : `${word}s`;
}
