import type { KubernetesObject, KubernetesPart, Stage } from '../../kubernetes/index.ts';

/** Argo CD applies wave by wave, and waits until what is in one is healthy. */
const WAVES: Record<Stage, number> = { base: -3, resources: -2, jobs: -1, services: 0, routes: 1 };

/** The objects of a part with the words by which Argo CD and Flux keep the order, and run a job again that can't be changed. */
export function ordered({ stage, objects }: KubernetesPart): KubernetesObject[] {
  return objects.map((object) => annotated(object, { ...waveOf(stage), ...rerunOf(object) }));
}

function waveOf(stage: Stage): Record<string, string> {
  const wave = WAVES[stage];
  return wave === 0 ? {} : { 'argocd.argoproj.io/sync-wave': String(wave) };
}

function rerunOf({ kind }: KubernetesObject): Record<string, string> {
  if (kind !== 'Job') return {};
  return {
    'argocd.argoproj.io/hook': 'Sync',
    'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    'kustomize.toolkit.fluxcd.io/force': 'enabled',
  };
}

function annotated(object: KubernetesObject, more: Record<string, string>): KubernetesObject {
  if (Object.keys(more).length === 0) return object;
  const annotations = { ...object.metadata.annotations, ...more };
  return { ...object, metadata: { ...object.metadata, annotations } };
}
