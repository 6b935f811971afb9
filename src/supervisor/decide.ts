import type { DesiredSystem, InstanceRole, InstanceSet } from '../core/contracts/index.ts';
import { type Backoff, CALM } from './backoff.ts';
import { type KeptSet, keptSets } from './resource-plan.ts';

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
  for (const wish of input.desired)
    for (const set of keptSets(wish)) {
      const own = input.instances.filter((instance) => belongs(instance, wish, set));
      const staying = own.filter((instance) => !instance.leaving);
      actions.push(...surplus(staying, set.count));
      const missing = set.count - staying.length;
      if (missing <= 0 || volumeIsTaken([...input.instances, ...starting(actions)], wish, set)) continue;
      if (input.isHeld(`${wish.environment}/${wish.system}/${set.service}`)) continue;
      if (missingResource(wish, set.plan, input.resourceAnswers) !== null) continue;
      const { notBefore } = input.backoff(setKey(wish, set)) ?? CALM;
      if (notBefore > input.now) wakeAt = Math.min(wakeAt ?? notBefore, notBefore);
      else
        for (let i = 0; i < (set.plan.volume ? 1 : missing); i++)
          actions.push({ kind: 'start', ...placeOf(wish), set });
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

function belongs(instance: InstanceView, wish: DesiredSystem, set: { service: string; rollout: number }) {
  return setKey(instance, instance) === setKey(wish, set);
}

/** Those that are not ready go first, then the youngest. */
function surplus(staying: InstanceView[], count: number): Action[] {
  if (staying.length <= count) return [];
  const order = staying.toSorted((a, b) => Number(a.ready) - Number(b.ready) || b.startedAt - a.startedAt);
  return order.slice(0, staying.length - count).map(({ id }) => ({ kind: 'retire', id }));
}

/** A folder has one user at a time: nothing starts on it while any instance of the service is still there. */
function volumeIsTaken(users: ServicePlace[], wish: DesiredSystem, set: InstanceSet): boolean {
  if (!set.plan.volume) return false;
  return users.some(
    (other) =>
      other.system === wish.system && other.environment === wish.environment && other.service === set.service,
  );
}

type ServicePlace = Pick<InstanceView, 'system' | 'environment' | 'service'>;

/** What this decision starts already. */
function starting(actions: Action[]): ServicePlace[] {
  return actions.flatMap((action) =>
    action.kind === 'start'
      ? [{ system: action.system, environment: action.environment, service: action.set.service }]
      : [],
  );
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
