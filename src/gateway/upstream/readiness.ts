import type { InstanceReadiness, Probe } from '../../core/contracts/index.ts';

/** What is known of an instance's readiness. Times are ms of a monotonic clock. */
export interface Readiness {
  readonly readiness: InstanceReadiness;
  /** Why it is not ready, for people; empty when it is. */
  readonly reason: string;
  /** Was ready, but something happened that only a probe can clear up: takes no new request until then. */
  readonly suspect: boolean;
  /** Probes that failed in a row. */
  readonly failures: number;
  /** Since when every probe has passed; null: the last one did not. */
  readonly passingSince: number | null;
}

export type ProbeOutcome =
  | { passed: true }
  /** `refused`: nobody listens, which needs no second opinion. `unreachable`: not even a refusal came back. */
  | { passed: false; refused: boolean; unreachable: boolean; reason: string };

export const UNPROVEN: Readiness = {
  readiness: 'unproven',
  reason: 'not probed yet',
  suspect: false,
  failures: 0,
  passingSince: null,
};

/** May it take a new request? */
export function takesTraffic(state: Readiness): boolean {
  return state.readiness === 'ready' && !state.suspect;
}

/** The state after one more probe. */
export function afterProbe(
  state: Readiness,
  outcome: ProbeOutcome,
  rules: { probe: Probe; now: number },
): Readiness {
  return outcome.passed
    ? afterPass(state, rules.probe, rules.now)
    : afterFailure(state, outcome, rules.probe);
}

function afterPass(state: Readiness, probe: Probe, now: number): Readiness {
  const passingSince = state.passingSince ?? now;
  const isStable = probe.path !== null || now - passingSince >= probe.stableMs;
  if (isStable || state.readiness === 'ready') {
    return { readiness: 'ready', reason: '', suspect: false, failures: 0, passingSince };
  }
  const reason = `accepts connections, not yet for ${probe.stableMs} ms`;
  return { ...state, reason, failures: 0, passingSince };
}

function afterFailure(
  state: Readiness,
  outcome: { refused: boolean; reason: string },
  probe: Probe,
): Readiness {
  const failures = state.failures + 1;
  const failed = { suspect: false, failures, passingSince: null, reason: outcome.reason };
  if (state.readiness !== 'ready') return { ...failed, readiness: state.readiness };
  if (outcome.refused || state.suspect || failures >= probe.failures)
    return { ...failed, readiness: 'unready' };
  return { ...failed, readiness: 'ready', reason: '', suspect: false };
}

/** The state after a request could not even connect: out at once, until a probe passes. */
export function afterRefusedRequest(state: Readiness, reason: string): Readiness {
  if (state.readiness !== 'ready') return state;
  return { readiness: 'unready', reason, suspect: false, failures: 0, passingSince: null };
}

/** The state after a request was cut off, or after a return from `out`: no new request before a probe passed. */
export function underSuspicion(state: Readiness): Readiness {
  return state.readiness === 'ready' ? { ...state, suspect: true } : state;
}

/** Time until the next probe, ms: the interval for a ready instance, else from 50 ms growing to it. */
export function nextProbeDelay(state: Readiness, probe: Probe): number {
  if (takesTraffic(state)) return probe.intervalMs;
  const fast = state.passingSince === null ? 50 * 1.5 ** Math.min(state.failures, 20) : 50;
  return Math.min(probe.intervalMs, fast);
}
