import type { Clock, InstanceExit, JobRun, ObservedRun } from '../core/contracts/index.ts';
import { type Instance, isLeaving } from './instance.ts';
import type { Place } from './launcher.ts';
import type { News } from './news.ts';
import type { Resources } from './resources.ts';
import type { StateFile, StoredRun } from './state.ts';

export interface RunsParts {
  file: StateFile;
  clock: Clock;
  news: News;
  resources: Resources;
  instances: Map<string, Instance>;
  /** Starts an instance of a run; rejects where it can't be. */
  launch: (run: JobRun) => Promise<Instance>;
  /** Stops an instance, with its grace. */
  stop: (instance: Instance) => Promise<void>;
}

/** Runs of jobs: each is begun once, and begun again where a crash left its end unknown. */
export class Runs {
  private readonly parts: RunsParts;
  private readonly launching = new Set<string>();
  private readonly deadlines = new Map<string, NodeJS.Timeout>();
  /** Why an instance was ended by us. */
  private readonly endedFor = new Map<string, string>();

  constructor(parts: RunsParts) {
    this.parts = parts;
  }

  /** With the inside ports of the services that it calls. Durable when it returns. */
  add(run: JobRun, internalPorts: Record<string, number>): void {
    const { runs } = this.parts.file.state;
    if (runs.some((known) => known.run.id === run.id)) return;
    const asked = { run, startedAt: null, instance: null, outcome: null };
    this.parts.file.update({ internalPorts, runs: [...runs, asked] });
    this.parts.news.noteChange();
  }

  /** Ends it where it still goes on, and forgets it. */
  async forget(id: string): Promise<void> {
    const { runs } = this.parts.file.state;
    this.parts.file.note({ runs: runs.filter(({ run }) => run.id !== id) });
    const instance = this.instanceOf(id);
    if (instance !== undefined) await this.parts.stop(instance);
  }

  async forgetAllOf({ system, environment }: Place): Promise<void> {
    const here = this.parts.file.state.runs.filter(
      ({ run }) => run.system === system && run.environment === environment,
    );
    await Promise.all(here.map(({ run }) => this.forget(run.id)));
  }

  planOf(run: string | null): JobRun['plan'] | null {
    return this.parts.file.state.runs.find((stored) => stored.run.id === run)?.run.plan ?? null;
  }

  /** Starts what was asked for, has not ended, and has no instance; ends instances that nobody asked for any more. */
  reconcile(): void {
    const { state } = this.parts.file;
    for (const stored of state.runs)
      if (stored.outcome === null && !this.launching.has(stored.run.id)) this.care(stored);
    for (const instance of this.parts.instances.values())
      if (instance.record.role === 'job' && !isLeaving(instance) && this.planOf(instance.record.run) === null)
        void this.parts.stop(instance);
  }

  /** An instance of a run has ended. */
  ended(instance: Instance, exit: InstanceExit): void {
    const id = instance.record.run!;
    clearTimeout(this.deadlines.get(id));
    this.deadlines.delete(id);
    const why = this.endedFor.get(id);
    this.endedFor.delete(id);
    const isUnknown = exit.code === null && exit.signal === null && why === undefined;
    if (isUnknown) return this.parts.news.tell(instance, 'job-lost', `${exit.reason}: it is run again`);
    const succeeded = exit.code === 0 && why === undefined;
    this.finish(id, { succeeded, reason: why ?? exit.reason, exitCode: exit.code });
    this.parts.news.tell(instance, succeeded ? 'job-succeeded' : 'job-failed', why ?? exit.reason);
  }

  observe(): ObservedRun[] {
    return this.parts.file.state.runs.map((stored) => this.observed(stored));
  }

  private care(stored: StoredRun): void {
    const { run } = stored;
    const instance = this.instanceOf(run.id);
    if (instance !== undefined) return this.watchTime(stored, instance);
    const lost = run.plan.resources.find(({ resource }) => this.parts.resources.isNoMore(run, resource));
    if (lost !== undefined) this.giveUp(run, `its system has no ${lost.resource} any more`);
    else if (this.parts.resources.waitsFor(run, run.plan) === null) void this.begin(run);
  }

  private giveUp({ id }: JobRun, reason: string): void {
    this.finish(id, { succeeded: false, reason, exitCode: null });
    this.parts.news.noteChange();
  }

  private async begin(run: JobRun): Promise<void> {
    this.launching.add(run.id);
    try {
      const instance = await this.parts.launch(run);
      this.change(run.id, { startedAt: instance.record.startedAt, instance: instance.record.id });
      this.care(this.parts.file.state.runs.find((stored) => stored.run.id === run.id)!);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.finish(run.id, { succeeded: false, reason, exitCode: null });
    } finally {
      this.launching.delete(run.id);
      this.parts.news.noteChange();
    }
  }

  private watchTime({ run, startedAt }: StoredRun, instance: Instance): void {
    if (this.deadlines.has(run.id)) return;
    const began = startedAt ?? instance.record.startedAt;
    const left = Math.max(0, began + run.timeoutMs - this.parts.clock.now());
    const end = () => {
      this.endedFor.set(run.id, `took longer than ${run.timeoutMs / 1000} s and was ended`);
      void this.parts.stop(instance);
    };
    this.deadlines.set(run.id, setTimeout(end, Math.min(left, LONGEST_TIMER_MS)));
  }

  private finish(id: string, outcome: { succeeded: boolean; reason: string; exitCode: number | null }): void {
    this.change(id, { outcome: { ...outcome, endedAt: this.parts.clock.now() } });
  }

  private change(id: string, change: Partial<StoredRun>): void {
    const { runs } = this.parts.file.state;
    this.parts.file.note({
      runs: runs.map((stored) => (stored.run.id === id ? { ...stored, ...change } : stored)),
    });
  }

  private observed(stored: StoredRun): ObservedRun {
    const { run, startedAt, outcome, instance } = stored;
    const { id, system, environment, job, release } = run;
    const identity = { id, system, environment, job, release, instance, startedAt };
    if (outcome !== null) {
      const { succeeded, reason, exitCode, endedAt } = outcome;
      return { ...identity, state: succeeded ? 'succeeded' : 'failed', reason, exitCode, endedAt };
    }
    // What is being made of it before it starts (an image) is not its running yet.
    const runs = (this.instanceOf(id)?.record.pid ?? null) !== null;
    const waitsFor = runs ? null : this.parts.resources.waitsFor(run, run.plan);
    const reason = waitsFor ?? '';
    return { ...identity, state: runs ? 'running' : 'waiting', reason, exitCode: null, endedAt: null };
  }

  private instanceOf(id: string): Instance | undefined {
    return [...this.parts.instances.values()].find(({ record }) => record.run === id);
  }
}

/** Longest time that a timer of Node can wait, ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
