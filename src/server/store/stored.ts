import type { EngineEvent, SecretVersions } from '../../core/contracts/index.ts';
import type { Release } from '../../core/release/index.ts';
import type { Operation, ServiceChange } from '../../core/rollout/index.ts';

/** One service as an environment wants it: which release it runs, started by which rollout, how often. */
export interface WantedService {
  release: number;
  rollout: number;
  count: number;
}

/** A system in an environment. */
export interface Deployment {
  system: string;
  environment: string;
  /** The folder it was delivered from; null once it comes from git. */
  folder: string;
  /** The release it runs; null until the first one is promoted. */
  release: number | null;
  /** What runs now, by service; while a rollout goes on, what ran before it. */
  wanted: Record<string, WantedService>;
  /** Numbers set by people (`escale scale`), by service. */
  scaled: Record<string, number>;
  /** Which value of each secret it was started with; left out where it names none. */
  secrets?: SecretVersions;
  /** False after `escale down`: nothing of it runs, everything of it is kept. */
  up: boolean;
}

export type RolloutState = 'running' | 'promoted' | 'rolled-back' | 'failed' | 'cancelled';

/** One way from a release to another, written down step by step so that it is finished or undone after a crash. */
export interface Rollout {
  id: number;
  system: string;
  environment: string;
  kind: 'deploy' | 'promote' | 'rollback' | 'restart' | 'scale' | 'repair';
  fromRelease: number | null;
  toRelease: number;
  operations: Operation[];
  /** How many operations are done. */
  done: number;
  state: RolloutState;
  /** Why it did not end promoted, for people. */
  reason: string;
  startedAt: number;
  endedAt: number | null;
  /** What the executor needs to go on: the sets it makes, and what to return to. */
  change: RolloutChange;
}

/** What is shown of a rollout where there are many. */
export type RolloutHead = Omit<Rollout, 'system' | 'environment' | 'operations' | 'change'> & {
  /** How many operations it has. */
  of: number;
};

/** What is shown of a release where there are many. */
export type ReleaseHead = Pick<Release, 'number' | 'commit' | 'dev' | 'createdAt'>;

export interface RolloutChange {
  changes: ServiceChange[];
  /** What is wanted of each service when all is done. */
  target: Record<string, WantedService>;
  former: Record<string, WantedService>;
  /** Numbers set by people that still hold once it is promoted: the file may have said others since. */
  scaled: Record<string, number>;
  /** Which value of each secret it uses, and what it returns to uses; left out where none is named. */
  secrets?: SecretVersions;
  formerSecrets?: SecretVersions;
}

/** A run of a job, for its history. */
export interface StoredRun {
  id: string;
  system: string;
  environment: string;
  job: string;
  release: number;
  /** What it was begun for. */
  cause: 'deploy' | 'schedule' | 'person';
  /** When it should begin, ms since 1970. */
  dueAt: number;
  startedAt: number | null;
  endedAt: number | null;
  /** `skipped`: the run before it still went on. */
  state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped';
  /** Why it waits or how it ended, for people. */
  reason: string;
  exitCode: number | null;
  instance: string | null;
}

export interface StoredEvent extends EngineEvent {
  id: number;
}
