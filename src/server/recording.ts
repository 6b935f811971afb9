import type { PlannedChange } from './planning.ts';
import type { Rollout, Store, WantedService } from './store/index.ts';

/** Writes release and rollout down in one transaction: from here on it is finished or undone, whatever happens. */
export function recordChange(planned: PlannedChange, store: Store, now: number): Rollout {
  return store.transaction(() => {
    const { place, plan, candidate, release, fromRelease, scaled, secrets, kind } = planned;
    const before = store.deployment(place.system, place.environment);
    if (plan.operations.some((operation) => operation.kind === 'release'))
      store.addRelease(place.system, release, candidate!.content, now);
    const former = before?.up ? before.wanted : {};
    const id = store.nextRolloutId();
    const folder = candidate?.folder ?? before?.folder ?? '';
    const formerSecrets = before?.secrets ?? {};
    const kept = { release: before?.release ?? null, scaled: before?.scaled ?? {}, secrets: formerSecrets };
    store.saveDeployment({ ...place, ...kept, folder, wanted: former, up: true });
    const target = targetOf(planned, former, id);
    const change = { changes: plan.changes, former, target, scaled, secrets, formerSecrets };
    const progress = { done: doneBefore(planned), state: 'running', reason: '', startedAt: now } as const;
    const { operations } = plan;
    return store.addRollout(
      { ...place, ...progress, kind, fromRelease, toRelease: release, operations, change },
      id,
    );
  });
}

/** Preparing and recording come before the rollout proper. */
function doneBefore({ plan }: PlannedChange): number {
  return plan.operations.filter(({ kind }) => kind === 'prepare' || kind === 'release').length;
}

/** What is wanted of each service once the plan is carried out. */
function targetOf({ plan }: PlannedChange, former: Record<string, WantedService>, rollout: number) {
  const target = { ...former };
  for (const { service, to, keep } of plan.changes) {
    if (to === null) delete target[service];
    else if (keep) target[service] = { ...former[service]!, count: to.count };
    else target[service] = { release: to.release, rollout, count: to.count };
  }
  return target;
}
