import type { Engine } from '../../core/contracts/index.ts';
import type { ArtifactStore, Making } from '../../delivery/index.ts';
import type { Candidate } from '../candidate.ts';
import type { PipelineStore } from './store.ts';
import type { Delivered, PipelineWish, StoredPipelineRun } from './stored.ts';

/** Brings a release to the environments of a run; asked again after a crash. */
export type Deliver = (
  run: StoredPipelineRun,
  release: number,
  tell: (text: string) => void,
) => Promise<Delivered[]>;

export interface PipelinesParts {
  store: PipelineStore;
  engine: Engine;
  artifacts: ArtifactStore;
  /** Folder of all runs and caches, absolute. */
  folder: string;
  /** Folder of what databases keep, by environment, absolute. */
  resourceFolder: string;
  /** Puts the whole tree of the wish's commit into an empty folder. */
  checkout: (wish: PipelineWish, into: string) => Promise<void>;
  /** Records what a candidate is as a release, its artifacts made, and gives its number. */
  makeRelease: (candidate: Candidate, making: Making) => Promise<number>;
  deliver: Deliver;
  /** Where packages come from, as variables for tools. */
  registries: () => Promise<Record<string, string>>;
  /** Hides what the vault holds for a system. */
  masked: (system: string, text: string) => string;
  /** How many steps may work at once. */
  cores: number;
  now: () => number;
  /** A run has ended, once. */
  ended: (run: StoredPipelineRun) => void;
  /** What nobody waits for went wrong. */
  problem: (error: unknown) => void;
}
