import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DesiredSystem, JobRun } from '../core/contracts/index.ts';
import { writeDurably } from '../host/index.ts';

/** What the supervisor must still know after `kill -9`: it works on from this alone. */
export interface SupervisorState {
  desired: DesiredSystem[];
  /** Lasting inside port of each callable service. */
  internalPorts: Record<string, number>;
  /** Lasting port of each resource that runs here. */
  resourcePorts: Record<string, number>;
  /** Runs of jobs that were asked for and not forgotten yet. */
  runs: StoredRun[];
  /** Instances that were told to go. */
  leaving: string[];
}

export interface StoredRun {
  run: JobRun;
  /** ms since 1970; null: not begun. */
  startedAt: number | null;
  /** Its newest instance. */
  instance: string | null;
  /** Null: it has not ended yet. */
  outcome: { succeeded: boolean; reason: string; exitCode: number | null; endedAt: number } | null;
}

const EMPTY: SupervisorState = { desired: [], internalPorts: {}, resourcePorts: {}, runs: [], leaving: [] };

/** The supervisor's state in one file, replaced whole. */
export class StateFile {
  private readonly file: string;
  state: SupervisorState;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    this.file = path.join(folder, 'state.json');
    this.state = existsSync(this.file)
      ? completed(JSON.parse(readFileSync(this.file, 'utf8')) as SupervisorState)
      : structuredClone(EMPTY);
  }

  /** Durable when it returns. Throws when the disk is full; the old state then holds, in memory too. */
  update(change: Partial<SupervisorState>): void {
    const next = { ...this.state, ...change };
    writeDurably(this.file, JSON.stringify(next));
    this.state = next;
  }

  /** Durable where the disk has room; otherwise in memory, and on disk with the next change. */
  note(change: Partial<SupervisorState>): void {
    try {
      this.update(change);
    } catch {
      this.state = { ...this.state, ...change };
    }
  }
}

/** What a version wrote that knew less. */
function completed(state: SupervisorState): SupervisorState {
  const desired = state.desired.map((wish) => ({
    ...wish,
    resources: wish.resources ?? [],
    sets: wish.sets.map((set) => ({ ...set, plan: { ...set.plan, resources: set.plan.resources ?? [] } })),
  }));
  return { ...structuredClone(EMPTY), ...state, desired };
}
