import {
  environmentsForBranch,
  type ResolvedDelivery,
  resolveDelivery,
  type SystemFile,
  USUAL_BRANCHES,
} from '../../manifest/index.ts';

/** How commits come to environments, as a CI system says it. */
export interface Ways {
  pushes: Push[];
  promotions: Promotion[];
}

/** A push of one of these branches to Escale's server is delivered to the environment. */
export interface Push {
  environment: string;
  /** Branches, or patterns in which `*` stands for anything but a slash. */
  branches: string[];
}

/** Somebody starts it: a release that another environment has goes on to this one. */
export interface Promotion {
  environment: string;
  from: string;
  /** Where the releases come from in the end: of these branches. */
  branches: string[];
}

export function waysOf(model: SystemFile): Ways {
  const deliveries = Object.keys(model.environments ?? {}).map((name) => resolveDelivery(model, name));
  const pushes = pushesOf(model, deliveries);
  const first = pushes[0]?.environment ?? null;
  const promotions = deliveries.flatMap((delivery) => promotionOf(delivery, { deliveries, pushes, first }));
  return { pushes, promotions };
}

function pushesOf(model: SystemFile, deliveries: ResolvedDelivery[]): Push[] {
  const named = deliveries.flatMap(({ environment, branch }) =>
    branch === null ? [] : [{ environment, branches: [branch] }],
  );
  if (named.length > 0) return named;
  const usual = USUAL_BRANCHES.map((branch) => ({ branch, to: environmentsForBranch(model, branch) }));
  const environments = [...new Set(usual.flatMap(({ to }) => to))];
  return environments.map((environment) => ({
    environment,
    branches: usual.filter(({ to }) => to.includes(environment)).map(({ branch }) => branch),
  }));
}

interface Others {
  deliveries: ResolvedDelivery[];
  pushes: Push[];
  first: string | null;
}

/** What waits for people: `promoteFrom`, and `approve` where no push comes; the latter from where pushes come first. */
function promotionOf(
  { environment, branch, promoteFrom, approve }: ResolvedDelivery,
  others: Others,
): Promotion[] {
  const from = promoteFrom ?? (approve !== null && branch === null ? others.first : null);
  if (from === null || from === environment) return [];
  return [{ environment, from, branches: branchesOf(from, others) }];
}

/** Of the push that a chain of promotions begins with; all that are pushed where it begins elsewhere. */
function branchesOf(environment: string, { deliveries, pushes }: Others): string[] {
  const seen = new Set<string>();
  for (let at: string | null = environment; at !== null && !seen.has(at); ) {
    seen.add(at);
    const push = pushes.find((each) => each.environment === at);
    if (push !== undefined) return push.branches;
    at = deliveries.find((each) => each.environment === at)?.promoteFrom ?? null;
  }
  return allBranches(pushes);
}

/** Every branch that is delivered anywhere, each once. */
export function allBranches(pushes: Push[]): string[] {
  return [...new Set(pushes.flatMap(({ branches }) => branches))];
}

/** What brings a release to where a promotion takes it from; null: nothing here does. */
export function jobBefore(
  { from }: Promotion,
  { pushes, promotions }: Ways,
): { kind: 'push' | 'promotion'; environment: string } | null {
  if (pushes.some(({ environment }) => environment === from)) return { kind: 'push', environment: from };
  const promoted = promotions.some(({ environment }) => environment === from);
  return promoted ? { kind: 'promotion', environment: from } : null;
}

/** A regular expression for a pattern of branches, that may stand between slashes. */
export function branchExpression(branch: string): string {
  const parts = branch.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}/]/g, '\\$&'));
  return `^${parts.join('[^\\/]*')}$`;
}
