import type { Role } from '../access/index.ts';
import {
  environmentsForBranch,
  matchesBranch,
  type ResolvedDelivery,
  resolveDelivery,
  type SystemFile,
} from '../manifest/index.ts';

/** What the server says of an environment: a pushed file may only tighten it. */
export interface EnvironmentRule {
  environment: string;
  /** Only pushes to these branches come here; null: the file decides. */
  branch: string | null;
  promoteFrom: string | null;
  approve: Role | null;
}

/** What holds for releases on their way to an environment, of file and server together. */
export interface Gate {
  environment: string;
  promoteFrom: string | null;
  approve: Role | null;
}

const RANK: Record<Role, number> = { viewer: 1, deployer: 2, admin: 3 };

/** The stricter of both in each respect. */
export function gateFor(file: ResolvedDelivery, rule: EnvironmentRule | null): Gate {
  const roles = [file.approve, rule?.approve ?? null].filter((role) => role !== null);
  const approve = roles.toSorted((a, b) => RANK[b] - RANK[a])[0] ?? null;
  const promoteFrom = rule?.promoteFrom ?? file.promoteFrom;
  return { environment: file.environment, promoteFrom, approve };
}

/** The environments that a push to a branch is delivered to. One that gets its releases from another one gets none so. */
export function targetsOf(model: SystemFile, branch: string, rules: EnvironmentRule[]): string[] {
  const ruleOf = (environment: string) => rules.find((rule) => rule.environment === environment) ?? null;
  const asked = environmentsForBranch(model, branch);
  const ruled = rules
    .filter((rule) => rule.branch !== null && matchesBranch(rule.branch, branch))
    .filter((rule) => resolveDelivery(model, rule.environment).branch === null)
    .map((rule) => rule.environment);
  return [...new Set([...asked, ...ruled])].filter((environment) => {
    const rule = ruleOf(environment);
    if (gateFor(resolveDelivery(model, environment), rule).promoteFrom !== null) return false;
    return rule?.branch == null || matchesBranch(rule.branch, branch);
  });
}
