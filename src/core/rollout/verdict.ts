import type { Operation } from './operation.ts';

/** What is seen of a resource while an operation waits for it. */
export interface ResourceEvidence {
  ready: boolean;
  /** Why it does not answer, for people. */
  reason: string;
  instance: string | null;
  /** Instances of it that ended or could not be started since the operation began. */
  failures: number;
}

/** What is seen of the run of a job while an operation waits for it. */
export interface RunEvidence {
  state: 'waiting' | 'running' | 'succeeded' | 'failed';
  reason: string;
  instance: string | null;
}

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
  /** Of the operation's resource; null: it is not there. */
  resource: ResourceEvidence | null;
  /** Of the operation's job; null: the engine does not know of it. */
  run: RunEvidence | null;
}

export type OperationVerdict =
  | { state: 'done' }
  | { state: 'waiting' }
  | { state: 'failed'; instance: string | null; reason: string };

/** Restarts in a row after which a new instance counts as broken before its deadline has passed. */
export const MAX_FAILURES = 3;
/** A database that recovers after a crash may take its time, ms. */
export const RESOURCE_DEADLINE_MS = 60_000;
/** One that exists elsewhere is there or is not; it is asked a few times, ms. */
const ELSEWHERE_DEADLINE_MS = 10_000;
/** Above the service's deadline, for the gateway's next probe to arrive, ms. */
const MARGIN_MS = 2000;

/** Whether an operation has reached what it is for. Pure: the same evidence gives the same verdict. */
export function judge(operation: Operation, evidence: Evidence): OperationVerdict {
  if (operation.kind === 'start') return judgeStart(operation.index, evidence);
  if (operation.kind === 'scale') return judgeScale(operation.to, evidence);
  if (operation.kind === 'provide') return judgeProvide(operation.external, evidence);
  if (operation.kind === 'withdraw') return { state: evidence.resource === null ? 'done' : 'waiting' };
  if (operation.kind === 'run') return judgeRun(evidence.run);
  if (operation.kind === 'settle') return { state: evidence.formerLeft === 0 ? 'done' : 'waiting' };
  return { state: 'done' };
}

function judgeProvide(external: boolean, { resource, waitedMs }: Evidence): OperationVerdict {
  const deadlineMs = external ? ELSEWHERE_DEADLINE_MS : RESOURCE_DEADLINE_MS;
  if (resource?.ready) return { state: 'done' };
  const broken = resource !== null && resource.failures >= MAX_FAILURES;
  if (!broken && waitedMs <= deadlineMs) return { state: 'waiting' };
  const reason = resource?.reason || `did not answer within ${deadlineMs / 1000} s`;
  return { state: 'failed', instance: resource?.instance ?? null, reason };
}

function judgeRun(run: RunEvidence | null): OperationVerdict {
  if (run?.state === 'succeeded') return { state: 'done' };
  if (run?.state === 'failed') return { state: 'failed', instance: run.instance, reason: run.reason };
  return { state: 'waiting' };
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
