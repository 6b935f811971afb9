import { DEFAULTS } from './defaults.ts';
import type { EnvironmentFile, SystemFile } from './file/schema.ts';
import type { ResolvedDelivery } from './model.ts';

/** Branches that are delivered where the file maps none. */
export const USUAL_BRANCHES: readonly string[] = DEFAULTS.branches;

/** How releases come to an environment, as the file says it; it may be one that the file does not name. */
export function resolveDelivery(model: SystemFile, environment: string): ResolvedDelivery {
  const named = model.environments ?? {};
  const said: EnvironmentFile = Object.hasOwn(named, environment) ? named[environment]! : {};
  const { branch = null, promoteFrom = null, approve, drift = DEFAULTS.drift } = said;
  const role = approve === true ? 'admin' : (approve ?? null);
  return { environment, branch, promoteFrom, approve: role, drift };
}

/** The environments that a push to a branch is delivered to, as the file says it. */
export function environmentsForBranch(model: SystemFile, branch: string): string[] {
  const deliveries = Object.keys(model.environments ?? {}).map((name) => resolveDelivery(model, name));
  const mapped = deliveries.filter((delivery) => delivery.branch !== null);
  if (mapped.length === 0) return USUAL_BRANCHES.includes(branch) ? ['staging'] : [];
  return mapped
    .filter((delivery) => matchesBranch(delivery.branch!, branch))
    .map(({ environment }) => environment);
}

/** Whether a branch is meant by a pattern, in which `*` stands for anything but a slash. */
export function matchesBranch(pattern: string, branch: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`).test(branch);
}
