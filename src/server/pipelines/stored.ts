import type { SystemFile } from '../../core/manifest/index.ts';
import type { PipelineRunState, PipelineStepState, StepKind } from '../../core/pipeline/index.ts';
import type { TestReport } from '../../delivery/index.ts';

/** What a pipeline run is wanted for. */
export interface PipelineWish {
  system: string;
  repository: string | null;
  /** Null: of no branch. */
  branch: string | null;
  commit: string | null;
  /** Folder of the system below the checkout's top, `.` for the top. */
  folder: string;
  /** Who asked for it, for people. */
  by: string;
  cause: 'push' | 'poll' | 'webhook' | 'person';
  /** Where its release is delivered to; empty: tests only, no build, no deploy. */
  environments: string[];
}

/** What a person may ask for besides. */
export interface LocalWish {
  /** Absolute folder of this machine whose files are taken as they are; null: the checkout of the wish. */
  source: string | null;
  /** Only this step and what it needs. */
  onlyStep: string | null;
  /** Nothing is taken from former runs. */
  fresh: boolean;
  retryOf: number | null;
}

/** How a release came to an environment. */
export interface Delivered {
  environment: string;
  verdict: 'promoted' | 'refused' | 'waiting-for-approval' | 'failed';
  /** For people. */
  message: string;
}

/** One execution of a pipeline. */
export interface StoredPipelineRun extends PipelineWish, LocalWish {
  id: number;
  state: PipelineRunState;
  /** Why it did not succeed, for people. */
  reason: string;
  /** Why it is to end early; null: it is not. */
  cancelled: string | null;
  release: number | null;
  isDelivering: boolean;
  deliveries: Delivered[];
  /** The file, once it was checked out and read. */
  model: SystemFile | null;
  /** Digest of everything that was checked out. */
  tree: string | null;
  /** What quality was measured, for the trend; null: not (yet). */
  figures: Record<string, number> | null;
  /** ms since 1970. */
  createdAt: number;
  startedAt: number | null;
  endedAt: number | null;
  /** Nothing of it is left to throw away. */
  isCleaned: boolean;
}

export interface StoredPipelineStep {
  run: number;
  name: string;
  kind: StepKind;
  needs: string[];
  state: PipelineStepState;
  /** Why it waits or how it ended, for people. */
  reason: string;
  exitCode: number | null;
  /** Names what it was run on; null: it can't be said, so it is never taken from a former run. */
  cacheKey: string | null;
  /** The run whose outcome it has. */
  cachedFrom: number | null;
  tests: TestReport | null;
  /** What it left behind, relative to the run's artifacts. */
  artifacts: string[];
  /** ms since 1970. */
  startedAt: number | null;
  endedAt: number | null;
}
