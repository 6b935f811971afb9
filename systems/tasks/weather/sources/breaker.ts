/** Decides whether a source that failed is asked again. */
export interface Breaker {
  /** Whether a question may be put now; after the pause one may, and its outcome decides. */
  allows: () => boolean;
  succeeded: () => void;
  failed: () => void;
}

export interface BreakerOptions {
  /** Failures in a row that open it. */
  failures: number;
  /** How long it stays open, ms. */
  pause: number;
  now: () => number;
}

/** A circuit breaker: after some failures in a row it lets nothing through for a while, then one to try. */
export function createBreaker({ failures, pause, now }: BreakerOptions): Breaker {
  let inARow = 0;
  let closedFrom = 0;
  return {
    allows: () => {
      if (inARow < failures) return true;
      if (now() < closedFrom) return false;
      closedFrom = now() + pause;
      return true;
    },
    succeeded: () => {
      inARow = 0;
    },
    failed: () => {
      inARow++;
      if (inARow >= failures) closedFrom = now() + pause;
    },
  };
}
