import { EscaleError } from '../errors/index.ts';
import { renderJob } from './job.ts';
import { metadataOf } from './labels.ts';
import { denyByDefault } from './network/index.ts';
import { type KubernetesObject, type KubernetesPart, STAGES } from './object.ts';
import { impossible } from './possible.ts';
import { renderPostgres } from './postgres/index.ts';
import { renderRoutes } from './routing/index.ts';
import { RESTRICTED_NAMESPACE } from './security.ts';
import { renderService } from './service.ts';
import type { KubernetesWish } from './wish.ts';

/**
 * Everything of a system in an environment as plain objects, in the order in which it is applied. The same wish gives the same
 * objects. Throws `kubernetes-impossible` with all that the cluster has no words for.
 */
export function renderSystem(wish: KubernetesWish): KubernetesPart[] {
  const mistakes = impossible(wish);
  if (mistakes.length > 0) throw new EscaleError('kubernetes-impossible', mistakes.join('\n'));
  const { services, jobs, resources } = wish.system;
  const parts = [
    ...baseOf(wish),
    ...Object.values(resources).map((resource) => renderPostgres(resource, wish)),
    ...Object.values(jobs).flatMap((job) => renderJob(job, wish)),
    ...Object.values(services).map((service) => renderService(service, wish)),
    renderRoutes(wish),
  ].filter((part) => part !== null);
  return STAGES.flatMap((stage) => parts.filter((part) => part.stage === stage));
}

function baseOf(wish: KubernetesWish): KubernetesPart[] {
  return [
    { name: 'namespace', stage: 'base', objects: [renderNamespace(wish)] },
    { name: 'network', stage: 'base', objects: [denyByDefault(wish)] },
  ];
}

/** The namespace of the system's environment, which takes only pods of the *restricted* standard. */
export function renderNamespace(wish: KubernetesWish): KubernetesObject {
  const { name, labels } = metadataOf(
    wish,
    { name: wish.system.name, component: 'system' },
    wish.options.namespace,
  );
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { ...labels, ...RESTRICTED_NAMESPACE } },
  };
}
