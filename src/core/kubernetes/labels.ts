import { namespaceOf } from './names.ts';
import type { Metadata } from './object.ts';
import type { KubernetesWish } from './wish.ts';

export type Component = 'system' | 'service' | 'worker' | 'job' | 'database' | 'gateway' | 'engine';

/** On the namespaces of an environment: who may be called from another system of the same one. */
export const ENVIRONMENT_LABEL = 'escale/environment';

/** Whom the labels are of: a part of the system, or the system itself. */
export interface Labelled {
  name: string;
  component: Component;
  version?: string | null;
}

/** By these two a pod is found; they never change, because selectors can't. */
export function selectorOf({ system }: KubernetesWish, name: string): Record<string, string> {
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': namespaceOf(system.name, system.environment),
  };
}

export function labelsOf(
  wish: KubernetesWish,
  { name, component, version }: Labelled,
): Record<string, string> {
  const { system } = wish;
  return {
    ...selectorOf(wish, name),
    ...(version != null && { 'app.kubernetes.io/version': version }),
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': system.name,
    'app.kubernetes.io/managed-by': 'escale',
    [ENVIRONMENT_LABEL]: system.environment,
  };
}

/** The metadata of an object; `name` where it is not called like what it is of. */
export function metadataOf(wish: KubernetesWish, of: Labelled, name: string = of.name): Metadata {
  return { name, namespace: wish.options.namespace, labels: labelsOf(wish, of) };
}

/** On a pod that uses a service of another system: that one lets it in. */
export function usesLabel(system: string, service: string): Record<string, string> {
  return { [`${system}.uses.escale/${service}`]: 'true' };
}
