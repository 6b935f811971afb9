const firstMs = 100;
const longestMs = 5000;
const stableMs = 10_000;

/** A worker's crashes in a row, and how long to wait before its next start, ms. */
export interface BackOff {
  crashes: number;
  waitMs: number;
}

/** Doubles the wait with each crash in a row; a worker that lived long enough (10 s) begins anew. */
export function afterCrash(crashesBefore: number, livedMs: number): BackOff {
  const crashes = livedMs >= stableMs ? 1 : crashesBefore + 1;
  return { crashes, waitMs: Math.min(longestMs, firstMs * 2 ** (crashes - 1)) };
}
