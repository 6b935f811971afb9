import type { Me } from '../api/types.ts';

export type Role = Me['grants'][number]['role'];

const RANK: Record<Role, number> = { viewer: 0, deployer: 1, admin: 2 };

/**
 * Whether the server would let somebody do something in an environment (`src/core/access` decides; this only keeps the page
 * from offering what would be refused). Null: who it is is not known yet.
 */
export function mayIn(me: Me | null, role: Role, environment: string): boolean {
  return (
    me?.grants.some((grant) => isEnough(grant, role) && ['*', environment].includes(grant.environment)) ??
    false
  );
}

export function maySomewhere(me: Me | null, role: Role): boolean {
  return me?.grants.some((grant) => isEnough(grant, role)) ?? false;
}

/** Whether somebody may change a pipeline run: it takes a deployer in each environment that it goes to. */
export function mayChangeRun(me: Me | null, environments: readonly string[]): boolean {
  if (!maySomewhere(me, 'deployer')) return false;
  return environments.every((environment) => mayIn(me, 'deployer', environment));
}

function isEnough(grant: Me['grants'][number], role: Role): boolean {
  return RANK[grant.role] >= RANK[role];
}
