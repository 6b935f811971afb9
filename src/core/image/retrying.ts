/** One try that did not bring what was asked for. */
export interface Failure {
  /** 1 for the first try. */
  attempt: number;
  /** Null: the connection broke. */
  status: number | null;
  /** `Retry-After`: seconds, or a date. */
  retryAfter: string | null;
  /** ms since 1970. */
  now: number;
  /** Between 0 and 1: many that were refused at once must not come back at once. */
  random: number;
}

export const MOST_TRIES = 5;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 60_000;
const PASSING = [408, 425, 429, 500, 502, 503, 504];

/** How long to wait before the next try, ms; null: no further one helps. */
export function nextTry({ attempt, status, retryAfter, now, random }: Failure): number | null {
  if (attempt >= MOST_TRIES || (status !== null && !PASSING.includes(status))) return null;
  const asked = retryAfter === null ? null : waitOf(retryAfter, now);
  // Who asks for longer than a minute is not waited for.
  if (asked !== null) return asked > LONGEST_WAIT_MS ? null : asked;
  return FIRST_WAIT_MS * 2 ** (attempt - 1) * (0.5 + random / 2);
}

function waitOf(text: string, now: number): number | null {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
