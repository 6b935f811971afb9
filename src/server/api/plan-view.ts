import { describe } from '../../core/rollout/index.ts';
import type { PlannedChange } from '../planning.ts';
import type { PlanView } from './types.ts';

/** A plan as pages and commands show it. */
export function planView({ place, release, fromRelease, plan, notes }: PlannedChange): PlanView {
  return {
    ...place,
    release,
    fromRelease,
    operations: plan.operations,
    lines: plan.operations.map(describe),
    notes,
  };
}
