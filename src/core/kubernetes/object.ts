/** A plain object of a cluster, as `kubectl apply` takes it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  [field: string]: unknown;
}

export interface Metadata {
  name: string;
  /** Left out for the namespace itself. */
  namespace?: string;
  labels: Record<string, string>;
  annotations?: Record<string, string>;
}

/** When a part is applied, first to last. What is of one stage may be applied together. */
export const STAGES = ['base', 'resources', 'jobs', 'services', 'routes'] as const;
export type Stage = (typeof STAGES)[number];

/** What belongs together: everything of one service, job or resource, or of the system as a whole. */
export interface KubernetesPart {
  /** Of the service, job or resource; `namespace`, `network`, `gateway` and `routes` are the system's own. */
  name: string;
  stage: Stage;
  objects: KubernetesObject[];
}
