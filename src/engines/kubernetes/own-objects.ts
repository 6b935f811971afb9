import { type KubernetesObject, namespaceOf } from '../../core/kubernetes/index.ts';

/** Labels of everything that Escale has in a namespace of a system. */
export const MANAGED = { 'app.kubernetes.io/managed-by': 'escale' };

export interface OwnObject {
  kind: 'Secret' | 'ConfigMap';
  name: string;
  namespace: string;
  system: string;
  environment: string;
  /** `engine`: what the engine keeps for itself; `values`: what programs are started with; `database`: it stays with the data. */
  component?: 'engine' | 'values' | 'database';
}

/** An object of the engine’s own, still without what is in it. */
export function engineObject(of: OwnObject): KubernetesObject {
  const { kind, name, namespace, system, environment, component = 'engine' } = of;
  const labels = {
    ...MANAGED,
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': namespaceOf(system, environment),
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': system,
    'escale/environment': environment,
  };
  return { apiVersion: 'v1', kind, metadata: { name, namespace, labels } };
}
