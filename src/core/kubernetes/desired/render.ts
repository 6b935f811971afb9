import type { DesiredSystem, EnginePlace, InstanceSet } from '../../contracts/index.ts';
import { IMAGE_ADDRESS } from '../../image/index.ts';
import type { KubernetesObject, KubernetesPart } from '../object.ts';
import { PORT } from '../postgres/stateful-set.ts';
import { renderNamespace, renderSystem } from '../system.ts';
import type { KubernetesOptions, KubernetesWish, RenderedProgram } from '../wish.ts';
import { openForBoth, openForJobs } from './open.ts';
import { versionsOf } from './secrets.ts';
import { emptySystem, secretNameOf, setsByService, systemOf } from './system.ts';
import { RELEASE_ANNOTATION, ROLLOUT_ANNOTATION } from './words.ts';

/** What a cluster wants to know beside a wish. */
export type ClusterOptions = Omit<KubernetesOptions, 'programs' | 'secret' | 'jobs'>;

/** The image that a set is started from: `registry.example.org/shop/web@sha256:…`. */
export type ImageOf = (set: Pick<InstanceSet, 'service' | 'plan'>) => string;

/**
 * What is wished of a system in an environment as objects, in the order in which they are applied: each service as its newest
 * set, which the cluster brings about from whatever is there. Throws `kubernetes-impossible`.
 */
export function renderDesired(
  desired: DesiredSystem,
  options: ClusterOptions,
  imageOf: ImageOf,
): KubernetesPart[] {
  const services = [...setsByService(desired).values()];
  const newest = services.map((each) => each.newest);
  const oldest = services.map(({ newest: one, former }) => former.at(-1) ?? one);
  const parts = render(desired, newest, { options, imageOf });
  const others = render(desired, oldest, { options, imageOf }).flatMap(({ objects }) => objects);
  const ports = new Map([
    ...newest.filter(({ plan }) => plan.port).map(({ service }) => [service, IMAGE_ADDRESS.port] as const),
    ...desired.resources.filter(({ external }) => external === null).map(({ name }) => [name, PORT] as const),
  ]);
  return parts.map((part) => ({ ...part, objects: openForJobs(openForBoth(part.objects, others), ports) }));
}

/** The namespace of a system in an environment, for whoever makes it. */
export function renderPlace(place: EnginePlace, options: ClusterOptions): KubernetesObject {
  const rest = { programs: {}, jobs: { run: null, retries: 0 }, secret: 'secrets' };
  return renderNamespace({ system: emptySystem(place), options: { ...options, ...rest } });
}

interface How {
  options: ClusterOptions;
  imageOf: ImageOf;
}

function render(desired: DesiredSystem, sets: InstanceSet[], { options, imageOf }: How): KubernetesPart[] {
  const system = systemOf(desired, sets);
  const programs = Object.fromEntries(sets.map((set) => [set.service, programOf(set, imageOf)]));
  const rest = { jobs: { run: null, retries: 0 }, secret: 'secrets' };
  const wish: KubernetesWish = { system, options: { ...options, ...rest, programs } };
  const bySet = new Map(sets.map((set) => [set.service, set]));
  return renderSystem(wish).map((part) => {
    const set = part.stage === 'services' ? bySet.get(part.name) : undefined;
    if (set === undefined) return part;
    const secret = secretNameOf(versionsOf(set.plan, desired.resources));
    return { ...part, objects: part.objects.map((object) => marked(withSecret(object, secret), set)) };
  });
}

function programOf(set: InstanceSet, imageOf: ImageOf): RenderedProgram {
  return { image: imageOf(set), version: String(set.release) };
}

interface Workload {
  template: { metadata: object; spec: { containers: { env?: Variable[] }[] } };
}

type Variable = { valueFrom?: { secretKeyRef?: { name: string; key: string } } };

/** A pod says which set it is of: each rollout has revisions of its own, and its return finds the former ones. */
function marked(object: KubernetesObject, { rollout, release }: InstanceSet): KubernetesObject {
  const spec = object.spec as Partial<Workload> | undefined;
  if (spec?.template === undefined) return object;
  const annotations = { [ROLLOUT_ANNOTATION]: String(rollout), [RELEASE_ANNOTATION]: String(release) };
  const template = { ...spec.template, metadata: { ...spec.template.metadata, annotations } };
  return { ...object, spec: { ...spec, template } };
}

/** Variables that refer to the values of secrets refer to those of the set. */
export function withSecret(object: KubernetesObject, name: string): KubernetesObject {
  const spec = object.spec as Partial<Workload> | undefined;
  if (spec?.template === undefined) return object;
  const containers = spec.template.spec.containers.map((container) => ({
    ...container,
    env: (container.env ?? []).map((variable) => {
      const ref = variable.valueFrom?.secretKeyRef;
      return ref?.name === 'secrets'
        ? { ...variable, valueFrom: { secretKeyRef: { ...ref, name } } }
        : variable;
    }),
  }));
  const template = { ...spec.template, spec: { ...spec.template.spec, containers } };
  return { ...object, spec: { ...spec, template } };
}
