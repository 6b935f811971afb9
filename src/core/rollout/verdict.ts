import type { Operation } from './operation.ts';

/** What is seen of the set that an operation starts or scales while an operation waits. */
export interface Evidence {
  ready: number;
  /** All instances of the set, those that leave included. */
  total: number;
  /** Instances that ended or were not ready in time since the set was made. */
  failures: number;
  lastFailure: { instance: string; reason: string } | null;
  /** Instances of former sets that are still there, draining ones included. */
  formerLeft: number;
  /** Time since the operation began, ms. */
  waitedMs: number;
  /** The service's own deadline to become ready, ms. */
  deadlineMs: number;
}

export type OperationVerdict =
  | { state: 'done' }
  | { state: 'waiting' }
  | { state: 'failed'; instance: string | null; reason: string };

/** Restarts in a row after which a new instance counts as broken before its deadline has passed. */
export const MAX_FAILURES = 3;
/** Above the service's deadline, for the gateway's next probe to arrive, ms. */
const MARGIN_MS = 2000;

/** Whether an operation has reached what it is for. Pure: the same evidence gives the same verdict. */
export function judge(operation: Operation, evidence: Evidence): OperationVerdict {
  if (operation.kind === 'start') return judgeStart(operation.index, evidence);
  if (operation.kind === 'scale') return judgeScale(operation.to, evidence);
  if (operation.kind === 'settle') return { state: evidence.formerLeft === 0 ? 'done' : 'waiting' };
  return { state: 'done' };
}

function judgeScale(wanted: number, evidence: Evidence): OperationVerdict {
  const start = judgeStart(wanted, evidence);
  return start.state === 'done' && evidence.total > wanted ? { state: 'waiting' } : start;
}

function judgeStart(wanted: number, evidence: Evidence): OperationVerdict {
  if (evidence.ready >= wanted) return { state: 'done' };
  if (evidence.failures >= MAX_FAILURES)
    return failed(evidence, `failed ${evidence.failures} times in a row`);
  if (evidence.waitedMs > evidence.deadlineMs + MARGIN_MS)
    return failed(evidence, `not ready within ${evidence.deadlineMs / 1000} s`);
  return { state: 'waiting' };
}

function failed(evidence: Evidence, otherwise: string): OperationVerdict {
  return {
    state: 'failed',
    instance: evidence.lastFailure?.instance ?? null,
    reason: evidence.lastFailure?.reason ?? otherwise,
  };
}
