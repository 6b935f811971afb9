import { type DesiredSystem, type HeldWish, wishDigest } from '../core/contracts/index.ts';
import { keyOf, type Place, placeOf } from './place.ts';
import type { Deployment } from './store/index.ts';

/** Places where the engine does not hold what the store says, or where a rollout was left half done. */
export function differences(input: {
  deployments: Deployment[];
  /** Rollouts that have not ended. */
  unfinished: Place[];
  held: HeldWish[];
  /** What should be wished there; null when nothing should. May throw. */
  wishOf: (deployment: Deployment) => DesiredSystem | null;
}): Place[] {
  const held = new Map(input.held.map((wish) => [keyOf(wish), wish.digest]));
  const unfinished = new Set(input.unfinished.map(keyOf));
  return input.deployments
    .filter((one) => unfinished.has(keyOf(one)) || held.get(keyOf(one)) !== wanted(one, input.wishOf))
    .map(placeOf);
}

/** The digest that the engine should hold; undefined: it should hold nothing. */
function wanted(
  deployment: Deployment,
  wishOf: (deployment: Deployment) => DesiredSystem | null,
): string | undefined {
  try {
    const wish = wishOf(deployment);
    return wish === null ? undefined : wishDigest(wish);
  } catch {
    // What is wrong with it is said by whoever tries to set it right.
    return 'unknown';
  }
}
