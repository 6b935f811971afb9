import { existsSync, readFileSync } from 'node:fs';
import type { Engine, LogLine } from '../../core/contracts/index.ts';
import { stepEnvironment } from '../../core/manifest/index.ts';
import {
  hasEnded,
  type PipelineRunState,
  type PipelineStepState,
  type StepKind,
} from '../../core/pipeline/index.ts';
import type { TestFailure, TestReport } from '../../delivery/index.ts';
import { LOST_OUTPUT } from '../../supervisor/index.ts';
import { runFolder } from './run-folder.ts';
import type { PipelineStore } from './store.ts';
import type { Delivered, StoredPipelineRun, StoredPipelineStep } from './stored.ts';

/** What happens in a run, one thing after the other. */
export type PipelineLine =
  | { type: 'run'; id: number; system: string; commit: string | null; branch: string | null }
  | { type: 'begun'; step: string; kind: StepKind; at: number }
  | { type: 'output'; step: string; stream: 'out' | 'err' | 'escale'; text: string; at: number }
  | { type: 'test-failed'; step: string; failure: TestFailure }
  | {
      type: 'ended';
      step: string;
      state: PipelineStepState;
      reason: string;
      ms: number;
      tests: Omit<TestReport, 'failures'> | null;
    }
  | { type: 'delivered'; delivered: Delivered }
  | { type: 'end'; id: number; state: PipelineRunState; reason: string; ms: number; report: string };

export interface FollowParts {
  store: PipelineStore;
  engine: Engine;
  folder: string;
  /** Resolves when something of any run has changed, or the signal is aborted. */
  changed: (signal: AbortSignal) => Promise<void>;
}

/** Everything of a run so far, then what comes; ends with the run's end. */
export async function* followRun(
  id: number,
  parts: FollowParts,
  signal: AbortSignal,
): AsyncIterable<PipelineLine> {
  const queue = new Queue(signal);
  void tellAll(id, parts, queue, signal).then(
    () => queue.close(null),
    (error) => queue.close(error),
  );
  yield* queue.lines();
}

async function tellAll(id: number, parts: FollowParts, queue: Queue, signal: AbortSignal): Promise<void> {
  const { store } = parts;
  const first = store.run(id)!;
  queue.push({ type: 'run', id, system: first.system, commit: first.commit, branch: first.branch });
  const outputs = new Map<string, StepOutput>();
  const told = new Set<string>();
  for (;;) {
    const changed = parts.changed(signal);
    const run = store.run(id);
    if (run === null || signal.aborted) return;
    for (const step of store.steps(id)) await tellStep(run, step, { parts, queue, outputs, told });
    if (hasEnded(run)) return tellEnd(run, queue, runFolder(parts.folder, id).report);
    await changed;
  }
}

interface Telling {
  parts: FollowParts;
  queue: Queue;
  outputs: Map<string, StepOutput>;
  told: Set<string>;
}

async function tellStep(run: StoredPipelineRun, step: StoredPipelineStep, telling: Telling): Promise<void> {
  const { parts, queue, outputs, told } = telling;
  if (step.state === 'waiting' || told.has(step.name)) return;
  const output = outputs.get(step.name) ?? beginStep(run, step, telling);
  output.readNotes();
  if (!hasEnded(step)) return;
  await output.finish(step);
  for (const failure of step.tests?.failures ?? [])
    queue.push({ type: 'test-failed', step: step.name, failure });
  const { state, reason, tests } = step;
  const sums = tests && { passed: tests.passed, failed: tests.failed, skipped: tests.skipped };
  const ms =
    step.startedAt === null ? 0 : (step.endedAt ?? parts.store.run(run.id)!.createdAt) - step.startedAt;
  queue.push({ type: 'ended', step: step.name, state, reason, ms, tests: sums });
  told.add(step.name);
}

function beginStep(
  run: StoredPipelineRun,
  step: StoredPipelineStep,
  { parts, queue, outputs }: Telling,
): StepOutput {
  const output = new StepOutput(run, step, { ...parts, push: (line) => queue.push(line) });
  outputs.set(step.name, output);
  if (step.startedAt !== null)
    queue.push({ type: 'begun', step: step.name, kind: step.kind, at: step.startedAt });
  output.begin();
  return output;
}

function tellEnd(run: StoredPipelineRun, queue: Queue, report: string): void {
  for (const delivered of run.deliveries) queue.push({ type: 'delivered', delivered });
  const ms = (run.endedAt ?? 0) - run.createdAt;
  queue.push({ type: 'end', id: run.id, state: run.state, reason: run.reason, ms, report });
}

/** What a step writes, as it comes; whatever a stream has missed is read again at the end. */
class StepOutput {
  private readonly run: StoredPipelineRun;
  private readonly step: StoredPipelineStep;
  private readonly parts: FollowParts & { push: (line: PipelineLine) => void };
  private readonly stop = new AbortController();
  private following: Promise<void> = Promise.resolve();
  private lines = 0;
  private notes = 0;

  constructor(run: StoredPipelineRun, step: StoredPipelineStep, parts: StepOutput['parts']) {
    this.run = run;
    this.step = step;
    this.parts = parts;
  }

  begin(): void {
    if (!hasEnded(this.step) && this.writes()) this.following = this.follow();
  }

  readNotes(): void {
    const file = runFolder(this.parts.folder, this.run.id).notes(this.step.name);
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
    for (const line of lines.slice(this.notes)) {
      const { at, text } = JSON.parse(line) as { at: number; text: string };
      this.parts.push({ type: 'output', step: this.step.name, stream: 'escale', text, at });
    }
    this.notes = lines.length;
  }

  async finish({ state }: StoredPipelineStep): Promise<void> {
    this.stop.abort();
    await this.following;
    if (!this.writes() || state === 'cached' || state === 'skipped') return;
    let index = 0;
    for await (const line of this.read(false)) if (++index > this.lines) this.tell(line);
  }

  private async follow(): Promise<void> {
    try {
      for await (const line of this.read(true)) {
        if (this.stop.signal.aborted) return;
        this.lines += 1;
        this.tell(line);
      }
    } catch {
      // The engine is being started again: what is missing is read at the end.
    }
  }

  private read(follow: boolean): AsyncIterable<LogLine> {
    const { run, step } = this;
    const place = { system: run.system, environment: stepEnvironment(run.id, step.name) };
    const signal = follow ? this.stop.signal : new AbortController().signal;
    return this.parts.engine.logs({ ...place, service: step.name, follow }, signal);
  }

  /** What Escale says of starting and ending its processes is no output; that some was lost is. */
  private tell({ stream, text, at }: LogLine): void {
    if (stream === 'escale' && !LOST_OUTPUT.test(text)) return;
    this.parts.push({ type: 'output', step: this.step.name, stream, text, at });
  }

  private writes(): boolean {
    return ['command', 'install', 'quality'].includes(this.step.kind);
  }
}

/** Lines from several sources, in the order in which they came. */
class Queue {
  private readonly waiting: PipelineLine[] = [];
  private readonly signal: AbortSignal;
  private wake = () => {};
  private isClosed = false;
  private error: unknown = null;

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  push(line: PipelineLine): void {
    this.waiting.push(line);
    this.wake();
  }

  close(error: unknown): void {
    this.isClosed = true;
    this.error = error;
    this.wake();
  }

  async *lines(): AsyncIterable<PipelineLine> {
    const stop = () => this.wake();
    this.signal.addEventListener('abort', stop);
    try {
      while (!this.signal.aborted) {
        yield* this.waiting.splice(0);
        if (this.waiting.length > 0) continue;
        if (this.isClosed && this.error !== null) throw this.error;
        if (this.isClosed) return;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
          if (this.waiting.length > 0 || this.isClosed || this.signal.aborted) resolve();
        });
      }
    } finally {
      this.signal.removeEventListener('abort', stop);
    }
  }
}
