import type { HeldWish } from '../core/contracts/index.ts';
import { keyOf, type Place, placeOf } from './place.ts';
import type { Deployment } from './store/index.ts';

/** Places where the engine does not hold what the store says, or where a rollout was left half done. */
export function differences(input: {
  deployments: Deployment[];
  /** Rollouts that have not ended. */
  unfinished: Place[];
  held: HeldWish[];
  /** Of what should be wished there; null when nothing should. May throw. */
  digestOf: (deployment: Deployment) => string | null;
}): Place[] {
  const held = new Map(input.held.map((wish) => [keyOf(wish), wish.digest]));
  const unfinished = new Set(input.unfinished.map(keyOf));
  return input.deployments
    .filter((one) => unfinished.has(keyOf(one)) || held.get(keyOf(one)) !== wanted(one, input.digestOf))
    .map(placeOf);
}

/** The digest that the engine should hold; undefined: it should hold nothing. */
function wanted(
  deployment: Deployment,
  digestOf: (deployment: Deployment) => string | null,
): string | undefined {
  try {
    return digestOf(deployment) ?? undefined;
  } catch {
    // What is wrong with it is said by whoever tries to set it right.
    return 'unknown';
  }
}
