import type { Gate } from './gate.ts';

/** What is known of a release that should come to an environment. */
export interface PromotionFacts {
  release: number;
  /** Made of an uncommitted tree. */
  dev: boolean;
  /** Where it should come from; null: straight from a pipeline. */
  from: string | null;
  /** The environments in which it was ever taken as good. */
  takenIn: string[];
}

/** Why it may not come there, for people; null: it may. */
export function promotionProblem(facts: PromotionFacts, gate: Gate): string | null {
  const { release, dev, from, takenIn } = facts;
  if (dev) return `release ${release} was made of an uncommitted tree`;
  if (from === gate.environment) return `${from} can’t be promoted to itself`;
  if (gate.promoteFrom !== null && from !== gate.promoteFrom)
    return `releases come to ${gate.environment} from ${gate.promoteFrom} only`;
  if (from !== null && !takenIn.includes(from)) return `release ${release} was never taken in ${from}`;
  return null;
}
