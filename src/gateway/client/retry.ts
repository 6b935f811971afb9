/** What happened to a request whose connection to an instance failed before the first byte of an answer. */
export interface FailedAttempt {
  /** Any byte of it was handed to the connection. */
  wasSent: boolean;
  method: string;
  /** All of the body that has come so far is still kept. */
  canReplay: boolean;
  attempts: number;
  instances: number;
}

/** Methods whose repetition changes nothing more (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Is it one of the methods whose body many servers overlook, to read it as the next request? */
export function isBodyOverlooked(method: string): boolean {
  return BODILESS.has(method);
}

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/**
 * Point 6 of the zero-loss contract. `forbidden`: an instance may have acted on it, so it fails, once and
 * honestly; `exhausted`: it may be sent again, but that was tried often enough.
 */
export function retryDecision(attempt: FailedAttempt): 'retry' | 'forbidden' | 'exhausted' {
  if (attempt.wasSent && !isIdempotent(attempt.method)) return 'forbidden';
  if (!attempt.canReplay) return 'forbidden';
  return attempt.attempts < Math.min(10, attempt.instances + 3) ? 'retry' : 'exhausted';
}
