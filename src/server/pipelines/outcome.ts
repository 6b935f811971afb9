import type { TestReport } from '../../delivery/index.ts';
import type { StoredPipelineRun } from './stored.ts';

/** How a step ended, and what is written down together with that. */
export interface Outcome {
  state: 'succeeded' | 'failed';
  /** For people; empty where there is nothing to say. */
  reason: string;
  exitCode?: number | null;
  tests?: TestReport | null;
  artifacts?: string[];
  run?: Partial<StoredPipelineRun>;
  /** Written in the same transaction. */
  also?: () => void;
}

export const SUCCEEDED: Outcome = { state: 'succeeded', reason: '' };

/** What an own step works with. */
export interface OwnStep {
  run: StoredPipelineRun;
  signal: AbortSignal;
  /** A line of its output. */
  tell: (text: string) => void;
}
