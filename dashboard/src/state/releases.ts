import type { ReleaseView, SystemView } from '../api/types.ts';

/** The release that a rollback without a number would return to: the newest promoted one below; null without one. */
export function releaseBefore({ release, rollouts, releases }: SystemView): ReleaseView | null {
  if (release === null) return null;
  const promoted = rollouts.filter(({ state, toRelease }) => state === 'promoted' && toRelease < release);
  if (promoted.length === 0) return null;
  const number = Math.max(...promoted.map(({ toRelease }) => toRelease));
  return releases.find((one) => one.number === number) ?? null;
}
