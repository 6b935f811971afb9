import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { DesiredSystem, JobRun } from '../core/contracts/index.ts';
import { writeDurably } from '../host/index.ts';
import type { LostState } from './lost-state.ts';

/** What the supervisor must still know after `kill -9`: it works on from this alone. */
export interface SupervisorState {
  desired: DesiredSystem[];
  /** Lasting inside port of each callable service. */
  internalPorts: Record<string, number>;
  /** Lasting port of each resource that runs here. */
  resourcePorts: Record<string, number>;
  /** Networks that the running process of each resource listens on, beside this host's own. */
  resourceNetworks: Record<string, string[]>;
  /** Runs of jobs that were asked for and not forgotten yet. */
  runs: StoredRun[];
  /** Instances that were told to go. */
  leaving: string[];
  /** Since the state was lost, as long as something of it still is. */
  lost: LostState | null;
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

/** What becomes another one, given all that was changed before. */
export type Change = (state: SupervisorState) => Partial<SupervisorState>;

const EMPTY: SupervisorState = {
  ...{ desired: [], internalPorts: {}, resourcePorts: {}, resourceNetworks: {} },
  ...{ runs: [], leaving: [], lost: null },
};

/** The supervisor's state in one file, replaced whole. */
export class StateFile {
  private readonly file: string;
  /** Where a file that could not be read was put aside; null: all was well. */
  readonly damaged: string | null;
  state: SupervisorState;
  /** Changes that wait for the next write, and the end of that; null: none does. */
  private waiting: Change[] = [];
  private written: Promise<void> | null = null;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    this.file = path.join(folder, 'state.json');
    const kept = existsSync(this.file) ? read(this.file) : {};
    this.damaged = kept === null ? putAside(this.file) : null;
    this.state = completed(kept ?? {});
  }

  /** Durable when it returns. Throws when the disk is full; the old state then holds, in memory too. */
  update(change: Partial<SupervisorState>): void {
    const next = { ...this.state, ...change };
    writeDurably(this.file, JSON.stringify(next));
    this.state = next;
  }

  /**
   * Durable when it resolves. What is asked for at the same time is written at once: with many systems each write is
   * large. Rejects when the disk is full, and then for all of them.
   */
  updateTogether(change: Change): Promise<void> {
    this.waiting.push(change);
    this.written ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          resolve(this.writeWaiting());
        } catch (error) {
          reject(error);
        }
      });
    });
    return this.written;
  }

  private writeWaiting(): void {
    const changes = this.waiting;
    this.waiting = [];
    this.written = null;
    const next = { ...this.state };
    for (const change of changes) Object.assign(next, change(next));
    this.update(next);
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
function completed(state: Partial<SupervisorState>): SupervisorState {
  const desired = (state.desired ?? []).map((wish) => ({
    ...wish,
    resources: wish.resources ?? [],
    sets: wish.sets.map((set) => ({ ...set, plan: { ...set.plan, resources: set.plan.resources ?? [] } })),
  }));
  return { ...structuredClone(EMPTY), ...state, desired };
}

/** Null where it is not what was written there. */
function read(file: string): Partial<SupervisorState> | null {
  try {
    const state = JSON.parse(readFileSync(file, 'utf8')) as Partial<SupervisorState> | null;
    const { desired, leaving = [], internalPorts = {} } = state ?? {};
    const isWhole = Array.isArray(desired) && Array.isArray(leaving) && typeof internalPorts === 'object';
    return isWhole ? state : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function putAside(file: string): string {
  const aside = `${file}.damaged-${Date.now()}`;
  renameSync(file, aside);
  return aside;
}
