import type { EscaleError } from '../../../core/errors/index.ts';
import type { ApiRequest } from './connection.ts';
import { isRefusal } from './refusal.ts';

/** Of one request, the first included. */
const MOST = 5;
const FIRST_MS = 100;
/** Longer than this nobody waits within one request, ms: it is away. */
const LONGEST_MS = 5000;

/**
 * How long to wait until a request is sent again, ms; null: it is not. The API says when by `Retry-After`; what has gone wrong
 * inside of it (500, 503), and a connection that broke, are often right again a moment later. Where nobody listens nobody
 * will in a moment, and what goes on for long is begun anew by whoever wants it.
 */
export function pauseBeforeNext(
  problem: EscaleError,
  { request, asked, retryAfter }: { request: ApiRequest; asked: number; retryAfter: string | null },
): number | null {
  if (asked >= MOST || request.isLong) return null;
  const seconds = Number(retryAfter ?? Number.NaN);
  if (seconds >= 0) return seconds * 1000 > LONGEST_MS ? null : Math.max(FIRST_MS, seconds * 1000);
  const isOfAMoment =
    problem.code === 'cluster-away' && !/ECONNREFUSED|ETIMEDOUT|EHOST|ENET|ENOTFOUND/.test(problem.message);
  // What may have been made already is not made again.
  const isSafe = request.method !== 'POST';
  return isSafe && (isOfAMoment || isRefusal(problem, 500)) ? FIRST_MS * 2 ** (asked - 1) : null;
}
