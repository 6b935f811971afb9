import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { ObservedRun } from '../../core/contracts/index.ts';
import { EscaleError, isDiskFull } from '../../core/errors/index.ts';
import {
  formatMistakes,
  type ResolvedStep,
  resolvePipeline,
  SystemFileError,
} from '../../core/manifest/index.ts';
import { advance, hasEnded, isHard, mayBegin } from '../../core/pipeline/index.ts';
import { stepResources, stepRun, stepRunId } from './command-step.ts';
import type { Outcome } from './outcome.ts';
import type { PipelinesParts } from './parts.ts';
import { runFolder } from './run-folder.ts';
import { SpareRoom } from './spare-room.ts';
import type { StoredPipelineRun, StoredPipelineStep } from './stored.ts';

export interface ConductorParts extends PipelinesParts {
  /** Carries out a step of Escale's own. */
  carryOut: (run: StoredPipelineRun, step: StoredPipelineStep, signal: AbortSignal) => Promise<Outcome>;
  /** Gathers what a step of the file has left. */
  gather: (run: StoredPipelineRun, step: ResolvedStep, ended: ObservedRun) => Promise<Outcome>;
  /** Something of a run has changed. */
  changed: () => void;
  /** It has ended: what it used is thrown away. */
  ended: (run: StoredPipelineRun) => void;
}

/** Between two tries to write down what came of a step, ms. */
const AGAIN_MS = 2000;
const NEVER = new AbortController().signal;
/** A step that waits longer for its database than this has failed, ms. */
const LONGEST_WAIT_MS = 120_000;

/**
 * Brings runs on by one look at a time: what is written down × what the engine shows → what is next. Nothing but the
 * store is remembered, so that a crash between any two lines changes nothing.
 */
export class Conductor {
  private readonly parts: ConductorParts;
  /** What is being carried out by this process now. */
  private readonly working = new Map<string, { controller: AbortController; done: Promise<void> }>();

  private readonly spare: SpareRoom;

  constructor(parts: ConductorParts) {
    this.parts = parts;
    this.spare = new SpareRoom(parts.folder);
  }

  stop(): void {
    for (const { controller } of this.working.values()) controller.abort();
  }

  /** Looks once at every run that has not ended. Throws `process-away` while the engine is. */
  async look(): Promise<void> {
    const open = this.parts.store.open();
    if (open.length === 0) return;
    const { runs } = await this.parts.engine.observe();
    const seen = new Map(runs.map((run) => [run.id, run]));
    for (const { id } of open)
      await this.care(id, seen).catch((error) =>
        isDiskFull(error) && this.spare.give() ? this.parts.changed() : this.parts.problem(error),
      );
  }

  private async care(id: number, seen: Map<string, ObservedRun>): Promise<void> {
    const run = this.parts.store.run(id)!;
    if (run.state === 'waiting' && !this.begin(run)) return;
    for (const step of this.runningSteps(run)) await this.follow(run, step, seen);
    if (this.parts.store.run(id)!.cancelled !== null) await this.cancelSteps(this.parts.store.run(id)!);
    await this.goOn(this.parts.store.run(id)!);
  }

  private begin(run: StoredPipelineRun): boolean {
    const { store, now } = this.parts;
    if (run.cancelled !== null) return true;
    if (!mayBegin(run, store.open())) return false;
    this.spare.keep();
    store.transaction(() => {
      store.change(run.id, { state: 'running', startedAt: now() });
      store.addSteps(run.id, [{ name: 'checkout', kind: 'checkout', needs: [], cacheKey: null }]);
    });
    this.parts.changed();
    return true;
  }

  // ---- what goes on

  private runningSteps({ id }: StoredPipelineRun): StoredPipelineStep[] {
    return this.parts.store.steps(id).filter(({ state }) => state === 'running');
  }

  private async follow(
    run: StoredPipelineRun,
    step: StoredPipelineStep,
    seen: Map<string, ObservedRun>,
  ): Promise<void> {
    if (this.working.has(keyOf(step)) || run.cancelled !== null) return;
    if (step.kind !== 'command') return this.work(step, (signal) => this.parts.carryOut(run, step, signal));
    const written = stepOf(run, step.name);
    const found = seen.get(stepRunId(run.id, step.name));
    // It was never asked for, or the engine has lost its memory.
    if (found === undefined) return this.ask(run, step, written);
    if (found.endedAt !== null) return this.work(step, () => this.parts.gather(run, written, found));
    this.note(step, found);
  }

  /** Why it waits, and that it does not wait for ever. */
  private note(step: StoredPipelineStep, { state, reason }: ObservedRun): void {
    const waits = state === 'waiting' ? reason : '';
    if (waits !== '' && this.parts.now() - step.startedAt! > LONGEST_WAIT_MS)
      return this.end(step, { state: 'failed', reason: `could not begin: ${waits}` });
    if (waits !== step.reason) this.parts.store.saveStep({ ...step, reason: waits });
  }

  /** What the engine can't begin has failed: nobody would know otherwise, and it would be asked for ever. */
  private async ask(run: StoredPipelineRun, step: StoredPipelineStep, written: ResolvedStep): Promise<void> {
    try {
      const resources = stepResources(run, written);
      if (resources !== null) await this.parts.engine.apply(resources);
      await this.parts.engine.run(stepRun(run, written, runFolder(this.parts.folder, run.id)));
    } catch (error) {
      const outcome = this.failure(error, NEVER);
      if (outcome !== null) this.end(step, outcome);
    }
  }

  private work(step: StoredPipelineStep, carryOut: (signal: AbortSignal) => Promise<Outcome>): void {
    const controller = new AbortController();
    const done = carryOut(controller.signal)
      .catch((error) => this.failure(error, controller.signal))
      .then((outcome) => (outcome === null ? undefined : this.finish(step, outcome)))
      .catch((error) => this.later(error))
      .finally(() => {
        this.working.delete(keyOf(step));
        this.parts.changed();
      });
    this.working.set(keyOf(step), { controller, done });
  }

  /**
   * An end that finds no room can't be written down, and what a run uses is thrown away only after it has ended: what
   * it works in goes first. Nothing can come of the run then.
   */
  private async finish(step: StoredPipelineStep, outcome: Outcome): Promise<void> {
    try {
      this.end(step, outcome);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.spare.give();
      const { work, pristine } = runFolder(this.parts.folder, step.run);
      for (const tree of [work, pristine]) await rm(tree, { recursive: true, force: true });
      this.end(step, outcome.state === 'failed' ? outcome : { state: 'failed', reason: error.message });
    }
  }

  /** What can't be written down is tried again, and not at once. */
  private later(error: unknown): Promise<void> {
    this.parts.problem(error);
    return pause(AGAIN_MS, undefined, { ref: false });
  }

  /** Resolves when nothing of a run is being carried out any more: what is cancelled may still write for a moment. */
  async isDone(run: number): Promise<void> {
    const own = [...this.working].filter(([key]) => key.startsWith(`${run}/`));
    await Promise.all(own.map(([, { done }]) => done));
  }

  /** A person's mistake ends the step; so does a bug, which is told apart. Null: it goes on later, or was cancelled. */
  private failure(error: unknown, signal: AbortSignal): Outcome | null {
    if (signal.aborted) return null;
    if (error instanceof EscaleError && error.code === 'process-away') return null;
    if (!(error instanceof EscaleError)) this.parts.problem(error);
    return { state: 'failed', reason: explained(error as Error) };
  }

  /** Written once: whatever comes after that finds it ended. */
  private end({ run: id, name }: StoredPipelineStep, outcome: Outcome): void {
    const { store, now, masked } = this.parts;
    store.transaction(() => {
      const [run, step] = [store.run(id), store.step(id, name)];
      if (run === null || step === null || step.state !== 'running') return;
      const { state, exitCode = null, tests = null, artifacts = [] } = outcome;
      const text = JSON.stringify({ reason: outcome.reason, tests, artifacts });
      store.saveStep({ ...step, state, exitCode, ...JSON.parse(masked(run.system, text)), endedAt: now() });
      if (outcome.run !== undefined) store.change(id, outcome.run);
      outcome.also?.();
    });
    this.parts.changed();
  }

  // ---- what is next

  private async goOn(run: StoredPipelineRun): Promise<void> {
    const { store } = this.parts;
    const steps = store.steps(run.id);
    const next = advance(steps, { isCancelled: run.cancelled !== null, free: this.freeCores() });
    for (const name of next.skip) this.skip(steps, name);
    for (const name of next.begin) await this.beginStep(store.run(run.id)!, store.step(run.id, name)!);
    if (next.end !== null) this.endRun(run, next.end, steps);
    else if (next.skip.length > 0) await this.goOn(store.run(run.id)!);
  }

  private skip(steps: StoredPipelineStep[], name: string): void {
    const step = steps.find((one) => one.name === name)!;
    const why = steps.find(
      ({ name: need, state }) => step.needs.includes(need) && hasEnded({ state }) && !isGood(state),
    );
    const at = this.parts.now();
    this.parts.store.saveStep({
      ...step,
      state: 'skipped',
      reason: `${why?.name ?? 'what it needs'} did not succeed`,
      endedAt: at,
    });
    this.parts.changed();
  }

  private async beginStep(run: StoredPipelineRun, step: StoredPipelineStep): Promise<void> {
    const { store, now } = this.parts;
    const known = step.kind === 'command' ? this.knownOutcome(run, step) : null;
    store.transaction(() => {
      if (known !== null) {
        const { tests, artifacts, exitCode, run: cachedFrom } = known;
        const found = { tests, artifacts, exitCode, cachedFrom, reason: `as in run ${cachedFrom}` };
        store.saveStep({ ...step, ...found, state: 'cached', startedAt: now(), endedAt: now() });
      } else store.saveStep({ ...step, state: 'running', startedAt: now() });
      if (step.kind === 'deploy') store.change(run.id, { isDelivering: true });
    });
    this.parts.changed();
    const begun = store.step(run.id, step.name)!;
    if (known === null) await this.follow(store.run(run.id)!, begun, new Map());
    else await this.goOn(store.run(run.id)!);
  }

  /** Steps share a folder: one that others come after is only left out where those are left out, too. */
  private knownOutcome(run: StoredPipelineRun, step: StoredPipelineStep): StoredPipelineStep | null {
    const steps = this.parts.store.steps(run.id);
    const after = steps.filter(
      (other) => other.kind === 'command' && other.name !== 'build' && needsInTheEnd(other, step, steps),
    );
    const known = [step, ...after].map(({ cacheKey }) =>
      cacheKey === null ? null : this.parts.store.succeededOn(run.system, cacheKey),
    );
    return known.includes(null) ? null : known[0]!;
  }

  private freeCores(): number {
    const { store, cores } = this.parts;
    const running = store
      .open()
      .flatMap(({ id }) => store.steps(id))
      .filter((step) => step.state === 'running' && isHard(step));
    return Math.max(0, cores - running.length);
  }

  private async cancelSteps(run: StoredPipelineRun): Promise<void> {
    const { store, engine, now } = this.parts;
    for (const step of store.steps(run.id).filter((one) => !hasEnded(one))) {
      this.working.get(keyOf(step))?.controller.abort();
      const wasRunning = step.state === 'running';
      if (wasRunning && step.kind === 'command') await engine.forgetRun(stepRunId(run.id, step.name));
      store.saveStep({ ...step, state: 'cancelled', reason: run.cancelled!, endedAt: now() });
    }
    this.parts.changed();
  }

  private endRun(
    run: StoredPipelineRun,
    state: 'succeeded' | 'failed' | 'cancelled',
    steps: StoredPipelineStep[],
  ): void {
    const failed = steps
      .filter((step) => step.state === 'failed' && step.kind !== 'quality')
      .map(({ name }) => name);
    const reason =
      state === 'cancelled' ? run.cancelled! : failed.length === 0 ? '' : `${failed.join(', ')} failed`;
    this.parts.store.change(run.id, { state, reason, endedAt: this.parts.now(), isDelivering: false });
    this.parts.changed();
    this.parts.ended(this.parts.store.run(run.id)!);
  }
}

/** As a person would be told on the command line: every mistake of a file at once. */
function explained(error: Error): string {
  if (error instanceof SystemFileError) return formatMistakes(error.mistakes, { color: false });
  return error instanceof EscaleError && error.next ? `${error.message}\n${error.next}` : error.message;
}

function keyOf({ run, name }: StoredPipelineStep): string {
  return `${run}/${name}`;
}

function isGood(state: StoredPipelineStep['state']): boolean {
  return state === 'succeeded' || state === 'cached';
}

function stepOf(run: StoredPipelineRun, name: string): ResolvedStep {
  return resolvePipeline(run.model!).steps.find((step) => step.name === name)!;
}

function needsInTheEnd(
  step: StoredPipelineStep,
  need: StoredPipelineStep,
  steps: StoredPipelineStep[],
): boolean {
  return step.needs.some((name) => {
    const other = steps.find((one) => one.name === name);
    return other !== undefined && (other.name === need.name || needsInTheEnd(other, need, steps));
  });
}
