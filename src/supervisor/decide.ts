import type { DesiredSystem, InstanceSet } from '../core/contracts/index.ts';
import { type Backoff, CALM } from './backoff.ts';

/** What deciding needs to know of an instance. */
export interface InstanceView {
  id: string;
  system: string;
  environment: string;
  service: string;
  rollout: number;
  startedAt: number;
  ready: boolean;
  /** It was told to go: draining or stopping. */
  leaving: boolean;
}

export type Action =
  | { kind: 'start'; system: string; environment: string; set: InstanceSet }
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
  /** Whether it is not known what is wanted at a place: its instances stay as they are. */
  isUnsaid?: (place: InstanceView) => boolean;
  now: number;
}): Decision {
  const actions: Action[] = [];
  let wakeAt: number | null = null;
  for (const wish of input.desired)
    for (const set of wish.sets) {
      const own = input.instances.filter((instance) => belongs(instance, wish, set));
      const staying = own.filter((instance) => !instance.leaving);
      actions.push(...surplus(staying, set.count));
      const missing = set.count - staying.length;
      if (missing <= 0 || volumeIsTaken([...input.instances, ...starting(actions)], wish, set)) continue;
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

function unwanted(desired: DesiredSystem[], instances: InstanceView[]): Action[] {
  const wanted = new Set(desired.flatMap((wish) => wish.sets.map((set) => setKey(wish, set))));
  return instances
    .filter((instance) => !instance.leaving && !wanted.has(setKey(instance, instance)))
    .map(({ id }) => ({ kind: 'retire', id }));
}
