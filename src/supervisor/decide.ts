import type { DesiredSystem, InstanceRole, InstanceSet } from '../core/contracts/index.ts';
import { type Backoff, CALM } from './backoff.ts';
import { type KeptSet, keptSets } from './resource-plan.ts';
import { keyOf } from './table.ts';

/** What deciding needs to know of an instance. */
export interface InstanceView {
  id: string;
  system: string;
  environment: string;
  service: string;
  role: InstanceRole;
  /** Resources of its system that it needs, without those that exist elsewhere. */
  needs: string[];
  rollout: number;
  startedAt: number;
  ready: boolean;
  /** It was told to go: draining or stopping. */
  leaving: boolean;
}

export type Action =
  | { kind: 'start'; system: string; environment: string; set: KeptSet }
  | { kind: 'retire'; id: string };

export interface Decision {
  actions: Action[];
  /** When to look again although nothing happens (a back-off ends), ms since 1970; null: never. */
  wakeAt: number | null;
}

/** desired × instances → what to start and what to let go. Level-triggered: the same picture, the same answer. */
export function decide(input: {
  desired: DesiredSystem[];
  instances: InstanceView[];
  backoff: (setKey: string) => Backoff;
  /** Whether a resource (`environment/system/name`) answers. */
  resourceAnswers: (key: string) => boolean;
  /** Whether a resource is kept stopped for now. */
  isHeld: (key: string) => boolean;
  /** Whether it is not known what is wanted at a place: its instances stay as they are. */
  isUnsaid?: (place: InstanceView) => boolean;
  now: number;
}): Decision {
  const actions: Action[] = [];
  let wakeAt: number | null = null;
  const bySet = Map.groupBy(input.instances, (instance) => setKey(instance, instance));
  /** A folder has one user at a time: nothing starts on it while any instance of the service is still there. */
  const users = new Set(input.instances.map((instance) => keyOf(instance, instance.service)));
  for (const wish of input.desired)
    for (const set of keptSets(wish)) {
      const staying = (bySet.get(setKey(wish, set)) ?? []).filter((instance) => !instance.leaving);
      actions.push(...surplus(staying, set.count));
      const missing = set.count - staying.length;
      const key = keyOf(wish, set.service);
      if (missing <= 0 || (set.plan.volume && users.has(key)) || input.isHeld(key)) continue;
      if (missingResource(wish, set.plan, input.resourceAnswers) !== null) continue;
      const { notBefore } = input.backoff(setKey(wish, set)) ?? CALM;
      if (notBefore > input.now) {
        wakeAt = Math.min(wakeAt ?? notBefore, notBefore);
        continue;
      }
      for (let i = 0; i < (set.plan.volume ? 1 : missing); i++)
        actions.push({ kind: 'start', ...placeOf(wish), set });
      users.add(key);
    }
  const known = input.instances.filter((instance) => !input.isUnsaid?.(instance));
  actions.push(...unwanted(input.desired, known));
  return { actions, wakeAt };
}

/** The first resource that a plan needs and that does not answer yet: what needs it is started after it. */
export function missingResource(
  { environment, system }: { environment: string; system: string },
  plan: Pick<InstanceSet['plan'], 'resources'>,
  answers: (key: string) => boolean,
): string | null {
  const missing = plan.resources.find(({ resource }) => !answers(`${environment}/${system}/${resource}`));
  return missing?.resource ?? null;
}

/** `local/hello/web#7`: one set, for back-off and failures. */
export function setKey(
  place: { environment: string; system: string },
  set: { service: string; rollout: number },
): string {
  return `${place.environment}/${place.system}/${set.service}#${set.rollout}`;
}

function placeOf({ system, environment }: DesiredSystem) {
  return { system, environment };
}

/** Those that are not ready go first, then the youngest. */
function surplus(staying: InstanceView[], count: number): Action[] {
  if (staying.length <= count) return [];
  const order = staying.toSorted((a, b) => Number(a.ready) - Number(b.ready) || b.startedAt - a.startedAt);
  return order.slice(0, staying.length - count).map(({ id }) => ({ kind: 'retire', id }));
}

/** Jobs end by themselves. A resource stays while anything that needs it is still there, draining included. */
function unwanted(desired: DesiredSystem[], instances: InstanceView[]): Action[] {
  const wanted = new Set(desired.flatMap((wish) => keptSets(wish).map((set) => setKey(wish, set))));
  return instances
    .filter(({ role, leaving }) => role !== 'job' && !leaving)
    .filter((instance) => !wanted.has(setKey(instance, instance)))
    .filter((instance) => instance.role !== 'resource' || !isNeeded(instance, instances))
    .map(({ id }) => ({ kind: 'retire', id }));
}

function isNeeded({ system, environment, service }: InstanceView, instances: InstanceView[]): boolean {
  return instances.some(
    (other) => other.system === system && other.environment === environment && other.needs.includes(service),
  );
}
