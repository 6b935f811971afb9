import type { PipelineRunState } from './step.ts';

/** What ordering runs needs to know of one. */
export interface QueuedRun {
  id: number;
  system: string;
  /** Null: it is of no branch, for example a folder of this machine. */
  branch: string | null;
  state: PipelineRunState;
  /** It has begun to deliver: from there on it is not overtaken. */
  isDelivering: boolean;
}

/** Runs of one branch of a system come one after the other, so that an older one never delivers after a newer one. */
export function mayBegin(run: QueuedRun, open: QueuedRun[]): boolean {
  return !open.some((other) => isOfSameBranch(other, run) && other.id < run.id);
}

/** Whether a newer commit of the branch makes a run worthless. */
export function isOvertaken(run: QueuedRun, open: QueuedRun[]): boolean {
  if (run.branch === null || run.isDelivering) return false;
  return open.some((other) => isOfSameBranch(other, run) && other.id > run.id);
}

function isOfSameBranch(a: QueuedRun, b: QueuedRun): boolean {
  return a.system === b.system && a.branch === b.branch;
}
