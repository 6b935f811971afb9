import { appendFileSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EscaleError } from '../../core/errors/index.ts';
import { resolvePipeline } from '../../core/manifest/index.ts';
import { hasEnded, isOvertaken } from '../../core/pipeline/index.ts';
import { loadSystem } from '../../delivery/index.ts';
import { gitState } from '../git-state.ts';
import { Caches } from './caches.ts';
import { checkout, mustKnowStep } from './checkout-step.ts';
import { Cleaning } from './cleaning.ts';
import { Conductor } from './conductor.ts';
import { Fence } from './fence.ts';
import { followRun, type PipelineLine } from './follow.ts';
import { gather } from './gather.ts';
import { candidateOf, install } from './install-step.ts';
import { type Outcome, type OwnStep, SUCCEEDED } from './outcome.ts';
import type { PipelinesParts } from './parts.ts';
import { quality } from './quality-step.ts';
import type { Language } from './report/index.ts';
import { reportOf, writeReport } from './report-file.ts';
import { runFolder } from './run-folder.ts';
import type { LocalWish, PipelineWish, StoredPipelineRun, StoredPipelineStep } from './stored.ts';

/** Between two looks while runs go on and nothing is heard of them, ms. */
const BEAT_MS = 2000;
const AWAY_MS = 250;
/** Between two tries to clean away what a crash has left, ms. */
const CLEAN_AGAIN_MS = 5000;

const AS_USUAL: LocalWish = { source: null, onlyStep: null, fresh: false, retryOf: null };

/** Pipeline runs: written down first, then carried out, followed and cleaned away. */
export class Pipelines {
  private readonly parts: PipelinesParts;
  private readonly conductor: Conductor;
  private readonly cleaning: Cleaning;
  private readonly fence: Fence;
  private readonly caches: Caches;
  private readonly listeners = new Set<() => void>();
  private isGoing = false;
  private isLooking = false;
  private wakeUp: () => void = () => {};
  private isWoken = false;

  constructor(parts: PipelinesParts) {
    this.parts = parts;
    this.caches = new Caches(`${parts.folder}/caches`);
    this.fence = new Fence(parts.engine);
    this.cleaning = new Cleaning(parts);
    this.conductor = new Conductor({
      ...parts,
      carryOut: (run, step, signal) => this.carryOut(run, step, signal),
      gather: (run, step, ended) => gather({ run, step, ended }, parts, this.caches),
      changed: () => this.changed(),
      ended: (run) => {
        parts.ended(run);
        void this.finish(run).catch(parts.problem);
      },
    });
  }

  /** Takes up what was left, cleans away what a crash has left, and goes on from now on. */
  resume(): void {
    this.isGoing = true;
    void this.cleanLeft();
    this.changed();
  }

  private async cleanLeft(): Promise<void> {
    while (this.isGoing)
      try {
        return await this.cleaning.cleanLeft();
      } catch (error) {
        this.isAway(error);
        await pause(CLEAN_AGAIN_MS, undefined, { ref: false });
      }
  }

  stop(): void {
    this.isGoing = false;
    this.conductor.stop();
    this.changed();
  }

  // ---- what people and pushes ask for

  /** Durable when it returns, unless it is part of a transaction. Older runs of the branch end, but for one that delivers. */
  begin(wish: PipelineWish & Partial<LocalWish>): StoredPipelineRun {
    const { store, now } = this.parts;
    const run = store.transaction(() => {
      const added = store.add({ ...AS_USUAL, ...wish }, now());
      const open = store.open();
      // A person who runs an older commit once more means nothing by it for newer ones.
      for (const other of open)
        if (wish.cause !== 'person' && other.cancelled === null && isOvertaken(other, open))
          store.change(other.id, { cancelled: `run ${added.id} came for a newer commit` });
      return added;
    });
    // What wakes here may look only once the transaction is there to be seen.
    setImmediate(() => this.changed());
    return run;
  }

  /** The files of a folder of this machine, as they are: tests only. Throws what reading the file throws. */
  async beginHere(here: {
    folder: string;
    onlyStep: string | null;
    fresh: boolean;
    by: string;
  }): Promise<StoredPipelineRun> {
    const loaded = await loadSystem({ folder: here.folder });
    const { top } = await gitState(loaded.folder);
    const { onlyStep, fresh, by } = here;
    mustKnowStep(resolvePipeline(loaded.model), onlyStep);
    return this.begin({
      ...{ system: loaded.model.name, repository: null, branch: null, commit: null, environments: [] },
      ...{ folder: path.relative(top, loaded.folder) || '.', source: top, cause: 'person' },
      ...{ onlyStep, fresh, by },
    });
  }

  /** Throws `pipeline-unknown`, `pipeline-ended`, `pipeline-delivering`. */
  cancel(id: number, reason: string): void {
    const run = this.run(id);
    if (hasEnded(run)) throw new EscaleError('pipeline-ended', `pipeline run ${id} has ended: ${run.state}`);
    if (run.isDelivering) throw new EscaleError('pipeline-delivering', `pipeline run ${id} delivers already`);
    this.parts.store.change(id, { cancelled: reason });
    this.changed();
  }

  /** The same once more, with nothing taken from former runs. Throws `pipeline-unknown`. */
  retry(id: number, by: string): StoredPipelineRun {
    const { system, repository, branch, commit, folder, environments, source, onlyStep } = this.run(id);
    const again = { system, repository, branch, commit, folder, environments, source, onlyStep };
    return this.begin({ ...again, by, cause: 'person', fresh: true, retryOf: id });
  }

  /** Throws `pipeline-unknown`. */
  run(id: number): StoredPipelineRun {
    const run = this.parts.store.run(id);
    if (run !== null) return run;
    throw new EscaleError('pipeline-unknown', `there is no pipeline run ${id}`);
  }

  /** Whether it ended before it could say anything of its commit. */
  wasCancelled(id: number): boolean {
    return this.parts.store.run(id)?.state === 'cancelled';
  }

  /** Why it failed, for people; null: it did not, or goes on. */
  failureOf(id: number): string | null {
    const run = this.parts.store.run(id);
    return run?.state === 'failed' ? run.reason : null;
  }

  steps(id: number): StoredPipelineStep[] {
    return this.parts.store.steps(id);
  }

  /** Newest first. */
  runs(which: { system?: string; most?: number }): StoredPipelineRun[] {
    return this.parts.store.runs(which);
  }

  /** Those that go on, and the newest of each system; newest first. */
  newest(most: number): StoredPipelineRun[] {
    return this.parts.store.newest(most);
  }

  /** Calls back at every change of any run. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Throws `pipeline-unknown` at once. */
  follow(id: number, signal: AbortSignal): AsyncIterable<PipelineLine> {
    const { store, engine, folder } = this.parts;
    this.run(id);
    return followRun(id, { store, engine, folder, changed: (stop) => this.nextChange(stop) }, signal);
  }

  /** Whether any goes on; resolves once what has ended is cleaned away. */
  async isBusy(): Promise<boolean> {
    await this.cleaning.done();
    return this.parts.store.open().length > 0;
  }

  /**
   * A file that a step has left, as `step/name`: only what was written down as kept, never a path. Throws
   * `pipeline-unknown`, `artifact-unknown`.
   */
  artifact(id: number, wanted: string): string {
    this.run(id);
    const [name, ...rest] = wanted.split('/');
    const step = this.steps(id).find((one) => one.name === name);
    if (step === undefined || !step.artifacts.includes(rest.join('/')))
      throw new EscaleError('artifact-unknown', `pipeline run ${id} has kept no ${wanted}`);
    const file = path.join(this.folderOf(step.cachedFrom ?? id).artifacts, step.name, ...rest);
    if (existsSync(file)) return file;
    throw new EscaleError('artifact-unknown', `${wanted} of pipeline run ${id} is not kept any more`);
  }

  /** One HTML page. Throws `pipeline-unknown`. */
  report(id: number, language: Language): string {
    return reportOf(this.run(id), language, this.parts);
  }

  folderOf(id: number) {
    return runFolder(this.parts.folder, id);
  }

  // ---- going on

  /** Its report is there before anybody hears of its end. */
  private async finish(run: StoredPipelineRun): Promise<void> {
    writeReport(run, this.parts);
    await this.conductor.isDone(run.id);
    await this.cleaning.clean(run);
  }

  /** Resolves at the next change of any run. */
  private nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.listeners.add(done);
      signal.addEventListener('abort', done);
    });
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
    this.isWoken = true;
    this.wakeUp();
    if (this.isGoing && !this.isLooking) void this.lookOn();
  }

  /** As long as runs go on; a change of the engine or of ours is looked at, one look at a time. */
  private async lookOn(): Promise<void> {
    this.isLooking = true;
    let seen = 0;
    while (this.isGoing) {
      this.isWoken = false;
      const isThere = await this.conductor.look().then(
        () => true,
        (error) => this.isAway(error),
      );
      if (this.isGoing && this.parts.store.open().length === 0 && !this.isWoken) break;
      if (!isThere) await pause(AWAY_MS, undefined, { ref: false });
      else if (!this.isWoken) seen = await this.news(seen);
    }
    this.isLooking = false;
  }

  private isAway(error: unknown): false {
    if (!(error instanceof EscaleError) || error.code !== 'process-away') this.parts.problem(error);
    return false;
  }

  private async news(seen: number): Promise<number> {
    const woken = new Promise<null>((resolve) => {
      this.wakeUp = () => resolve(null);
    });
    const next = this.parts.engine.changed(seen, BEAT_MS).catch(() => pause(AWAY_MS, seen, { ref: false }));
    return (await Promise.race([next, woken])) ?? seen;
  }

  // ---- Escale's own steps

  private carryOut(run: StoredPipelineRun, step: StoredPipelineStep, signal: AbortSignal): Promise<Outcome> {
    rmSync(this.folderOf(run.id).notes(step.name), { force: true });
    const own = { run, signal, tell: (text: string) => this.tell(run, step.name, text) };
    if (step.kind === 'checkout') return checkout(own, this.parts, this.caches);
    if (step.kind === 'install') return this.install(own);
    if (step.kind === 'release') return this.release(own);
    if (step.kind === 'deploy') return this.deploy(own);
    return quality(own, this.parts, this.fence);
  }

  private async install(own: OwnStep): Promise<Outcome> {
    return install(own, this.parts, await this.fenced(own, 'install'));
  }

  private async release(own: OwnStep): Promise<Outcome> {
    const candidate = await candidateOf(own.run, this.parts);
    const { tell: say, signal } = own;
    const fenced = await this.fenced(own, 'release');
    const release = await this.parts.makeRelease(candidate, { fenced, say, signal });
    own.tell(`release ${release}`);
    return { ...SUCCEEDED, run: { release } };
  }

  private async deploy({ run, tell }: OwnStep): Promise<Outcome> {
    const deliveries = await this.parts.deliver(run, run.release!, tell);
    for (const { environment, verdict, message } of deliveries)
      tell(`${environment}: ${verdict} (${message})`);
    const bad = deliveries.filter(({ verdict }) => verdict === 'failed' || verdict === 'refused');
    const reason = bad.map(({ environment, message }) => `${environment}: ${message}`).join('; ');
    return { state: bad.length === 0 ? 'succeeded' : 'failed', reason, run: { deliveries } };
  }

  private async fenced({ run, signal }: OwnStep, step: string) {
    return this.fence.tool({ run, step }, await this.parts.registries(), signal);
  }

  private tell(run: StoredPipelineRun, step: string, text: string): void {
    const line = { at: this.parts.now(), text: this.parts.masked(run.system, text) };
    appendFileSync(this.folderOf(run.id).notes(step), `${JSON.stringify(line)}\n`, { mode: 0o600 });
    for (const listener of [...this.listeners]) listener();
  }
}
