import type { EngineEvent, ObservedInstance } from '../../core/contracts/index.ts';

const WORDS: Partial<Record<ObservedInstance['state'], string>> = {
  starting: 'instance-started',
  ready: 'instance-ready',
  unready: 'instance-unready',
  draining: 'instance-draining',
};

/** What happened between two looks at instances, for people. */
export function newsBetween(
  before: ObservedInstance[],
  after: ObservedInstance[],
  at: number,
): EngineEvent[] {
  const known = new Map(before.map((instance) => [instance.id, instance]));
  const left = new Set(after.map(({ id }) => id));
  const changed = after.flatMap((instance) => {
    const former = known.get(instance.id);
    const type = WORDS[instance.state];
    if (type !== undefined && former?.state !== instance.state)
      return [eventOf(instance, type, instance.reason || instance.state, at)];
    // It has failed, or has a new reason for not being there.
    const isNews = instance.state === 'pending' && former !== undefined && former.reason !== instance.reason;
    return isNews ? [eventOf(instance, 'instance-failed', instance.reason, at)] : [];
  });
  const gone = before.filter(({ id }) => !left.has(id));
  return [...changed, ...gone.map((instance) => eventOf(instance, 'instance-stopped', 'is gone', at))];
}

function eventOf(instance: ObservedInstance, type: string, message: string, at: number): EngineEvent {
  const { system, environment, service, id, release } = instance;
  return { at, type, system, environment, service, instance: id, release, message };
}
