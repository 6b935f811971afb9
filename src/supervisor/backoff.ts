/** How often instances of one set ended too soon, and when the next try may be. */
export interface Backoff {
  /** Failures in a row. */
  failures: number;
  /** ms since 1970; the next start may not be before. */
  notBefore: number;
}

export const CALM: Backoff = { failures: 0, notBefore: 0 };

const FIRST_MS = 250;
const LONGEST_MS = 30_000;
/** An instance that was ready for this long has proved itself: its end is no failure in a row, ms. */
export const PROVEN_MS = 10_000;

/** After an instance ended: `readyForMs` is how long it had been ready, 0 when it never was. */
export function afterEnd(backoff: Backoff, readyForMs: number, now: number): Backoff {
  if (readyForMs >= PROVEN_MS) return { failures: 0, notBefore: now };
  const failures = backoff.failures + 1;
  return { failures, notBefore: now + Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)) };
}
