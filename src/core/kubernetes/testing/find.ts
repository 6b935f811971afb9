import type { KubernetesObject } from '../object.ts';
import { renderSystem } from '../system.ts';
import type { KubernetesWish } from '../wish.ts';

/** The one object of a kind and a name that a wish renders. */
export function objectOf(wish: KubernetesWish, kind: string, name: string): KubernetesObject {
  const objects = objectsOf(wish).filter((each) => each.kind === kind && each.metadata.name === name);
  if (objects.length !== 1) throw new Error(`${objects.length} objects are a ${kind} ${name}`);
  return objects[0]!;
}

export function objectsOf(wish: KubernetesWish): KubernetesObject[] {
  return renderSystem(wish).flatMap(({ objects }) => objects);
}

interface PodSpec {
  containers: Record<string, unknown>[];
  [field: string]: unknown;
}

/** The pod of a workload or a job. */
export function podIn(object: KubernetesObject): PodSpec {
  const spec = object.spec as {
    template?: { spec: PodSpec };
    jobTemplate?: { spec: { template: { spec: PodSpec } } };
  };
  return (spec.template ?? spec.jobTemplate!.spec.template).spec;
}
