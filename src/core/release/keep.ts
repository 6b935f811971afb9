/** What of a system's releases is still needed, beside the newest ones. */
export interface ReleaseUse {
  /** Those that run, are on their way, or wait somewhere. */
  inUse: number[];
  /** For each environment the releases that were ever taken there, newest first: the one before is its way back. */
  taken: number[][];
}

/** The releases to keep no more: not among the newest, not in use anywhere, and no environment's way back. */
export function releasesToForget(numbers: number[], keep: number, { inUse, taken }: ReleaseUse): number[] {
  const newest = numbers.toSorted((a, b) => b - a).slice(0, keep);
  const waysBack = taken.flatMap((releases) =>
    releases.filter((number) => numbers.includes(number)).slice(0, 2),
  );
  const needed = new Set([...newest, ...inUse, ...waysBack]);
  return numbers.filter((number) => !needed.has(number));
}
