/** What someone may do, each including the one before. */
export const ROLES = ['viewer', 'deployer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A role in one environment, or in all of them (`*`), those of the future included. */
export interface Grant {
  role: Role;
  environment: string;
}

/** Whoever asks for something. */
export interface Principal {
  name: string;
  /** `owner`: whoever may open the local socket; may do everything. */
  kind: 'owner' | 'user' | 'token';
  grants: readonly Grant[];
  /** Name of the token that is used, where one is. */
  token?: string;
}

/**
 * Where a role is needed: in one environment, in any (somewhere), or in all. An environment is an object, because
 * one may well be named `any` or `all`.
 */
export type Where = { environment: string } | 'any' | 'all';

/** The one decision. */
export function may(principal: Principal, role: Role, where: Where): boolean {
  if (principal.kind === 'owner') return true;
  return principal.grants.some((grant) => rank(grant.role) >= rank(role) && reaches(grant, where));
}

function reaches({ environment }: Grant, where: Where): boolean {
  if (where === 'any' || environment === '*') return true;
  return where !== 'all' && environment === where.environment;
}

/** What both allow: a token's scope and its user's grants. */
export function intersection(scope: readonly Grant[], grants: readonly Grant[]): Grant[] {
  const both = scope.flatMap((one) => grants.flatMap((other) => overlap(one, other)));
  return simplest(both);
}

function overlap(one: Grant, other: Grant): Grant[] {
  const role = ROLES[Math.min(rank(one.role), rank(other.role))]!;
  if (one.environment === other.environment || other.environment === '*')
    return [{ role, environment: one.environment }];
  return one.environment === '*' ? [{ role, environment: other.environment }] : [];
}

/** The same rights in the fewest grants, in order of environments. */
export function simplest(grants: readonly Grant[]): Grant[] {
  const everywhere = highest(grants, '*');
  const environments = [...new Set(grants.map(({ environment }) => environment))].sort();
  return environments.flatMap((environment) => {
    const role = highest(grants, environment)!;
    const adds = environment === '*' || everywhere === null || rank(role) > rank(everywhere);
    return adds ? [{ role, environment }] : [];
  });
}

function highest(grants: readonly Grant[], environment: string): Role | null {
  const ranks = grants.filter((grant) => grant.environment === environment).map(({ role }) => rank(role));
  return ranks.length === 0 ? null : ROLES[Math.max(...ranks)]!;
}

/** Whether somebody may do everything that these grants allow. */
export function covers(principal: Principal, grants: readonly Grant[]): boolean {
  return grants.every(({ role, environment }) =>
    may(principal, role, environment === '*' ? 'all' : { environment }),
  );
}

function rank(role: Role): number {
  return ROLES.indexOf(role);
}
