import type { Engine, ObservedRun } from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { secretsOfEnv } from '../core/manifest/index.ts';
import type { Deployments } from './deployments.ts';
import { type Artifacts, jobRun } from './desired.ts';
import { keyOf, type Place, placeOf } from './place.ts';
import type { KnownSecrets } from './secrets.ts';
import type { Store, StoredRun } from './store/index.ts';

export interface JobRunsParts {
  store: Store;
  engine: Engine;
  deployments: Deployments;
  artifacts: Artifacts;
  now: () => number;
  /** The newest values of the secrets of a place that are set. */
  secrets: KnownSecrets;
  /** A run was not begun although its time came, for whoever shows it. */
  skipped: (run: StoredRun) => void;
}

/** Runs of jobs outside of deploys: written down first, then asked for, then followed to their end. */
export class JobRuns {
  private readonly parts: JobRunsParts;

  constructor(parts: JobRunsParts) {
    this.parts = parts;
  }

  /** At the request of a person. Throws `job-unknown`, `system-down`. */
  async start(place: Place, job: string): Promise<StoredRun> {
    const deployment = this.parts.deployments.mustBeUp(place);
    const { jobs } = this.parts.deployments.resolution(place, deployment.release).system;
    if (!Object.hasOwn(jobs, job)) {
      const next = `Its jobs are: ${Object.keys(jobs).join(', ') || 'none'}.`;
      throw new EscaleError('job-unknown', `${place.system} has no job "${job}"`, { next });
    }
    return this.beginAt(this.parts.now(), { ...placeOf(place), job, release: deployment.release });
  }

  /** Of two in one millisecond the second one gets the next. */
  private async beginAt(
    dueAt: number,
    of: Pick<StoredRun, 'system' | 'environment' | 'job' | 'release'>,
  ): Promise<StoredRun> {
    const run = { ...of, id: idOf('person', of, dueAt), cause: 'person' as const, dueAt };
    return (await this.begin(run)) ?? this.beginAt(dueAt + 1, of);
  }

  /** Because its time has come. Nothing happens where it was begun already; one too many is written down as skipped. */
  async due(place: Place & { release: number }, job: { name: string; overlap: boolean }, dueAt: number) {
    const { environment, system, release } = place;
    const of = { system, environment, job: job.name };
    const run = { id: idOf('schedule', of, dueAt), ...of, release, cause: 'schedule' as const, dueAt };
    if (job.overlap || !this.goesOn(place, job.name)) return this.begin(run);
    const skipped = { ...NEW, ...run, state: 'skipped', reason: 'the run before it still goes on' } as const;
    const whole = { ...skipped, endedAt: this.parts.now() };
    if (this.parts.store.addRun(whole)) this.parts.skipped(whole);
    return null;
  }

  /** Whether a run of it has not ended, one that a deploy waits for included. */
  private goesOn(place: Place, job: string): boolean {
    const { store } = this.parts;
    const [rollout] = store.rollouts(place.system, place.environment, 1);
    const operation = rollout?.state === 'running' ? rollout.operations[rollout.done] : undefined;
    if (operation?.kind === 'run' && operation.job === job) return true;
    return store.runs(place, job, 1).some(({ endedAt }) => endedAt === null);
  }

  private async begin(run: Omit<StoredRun, keyof typeof NEW>): Promise<StoredRun | null> {
    const whole: StoredRun = { ...NEW, ...run };
    if (!this.parts.store.addRun(whole)) return null;
    await this.ask(whole);
    return whole;
  }

  private async ask(run: StoredRun): Promise<void> {
    const { deployments, engine, artifacts } = this.parts;
    const resolution = deployments.resolution(placeOf(run), run.release);
    const { env } = resolution.system.jobs[run.job]!;
    const secrets = this.parts.secrets(placeOf(run), secretsOfEnv({ env }));
    await engine.run(jobRun({ ...resolution, secrets }, { id: run.id, job: run.job, artifacts }));
  }

  /** Takes over what has become of the runs that go on. True while any does. Throws once all were looked at. */
  async follow(): Promise<boolean> {
    const open = this.parts.store.openRuns();
    if (open.length === 0) return false;
    const { runs } = await this.parts.engine.observe();
    const seen = new Map(runs.map((run) => [run.id, run]));
    const problems: unknown[] = [];
    for (const run of open)
      await this.followOne(run, seen.get(run.id) ?? null).catch((error) => problems.push(error));
    await this.forgetEnded(runs);
    if (problems.length > 0) throw problems[0];
    return true;
  }

  /** Those whose end is written down; a crash may have come before the engine was told. Others forget their own. */
  private async forgetEnded(runs: ObservedRun[]): Promise<void> {
    const { store, engine } = this.parts;
    for (const run of runs) {
      const { id, endedAt } = run;
      if (endedAt !== null && !store.isOpen(id) && !isOfOthers(id)) await engine.forgetRun(id, run);
    }
  }

  private async followOne(run: StoredRun, seen: ObservedRun | null): Promise<void> {
    // Its system may have been taken down since it was looked for.
    if (!this.parts.store.isOpen(run.id)) return;
    if (seen === null) return this.askAgain(run);
    const { state, reason, exitCode, startedAt, endedAt, instance } = seen;
    const next = { ...run, state, reason, exitCode, startedAt, endedAt, instance };
    if (JSON.stringify(next) !== JSON.stringify(run)) this.parts.store.saveRun(next);
  }

  /** A system was taken down, and its runs with it: when it is back they are not begun again. */
  endAllOf(place: Place): void {
    const isHere = (run: StoredRun) => keyOf(run) === keyOf(place);
    for (const run of this.parts.store.openRuns().filter(isHere)) this.takenDown(run);
  }

  private takenDown(run: StoredRun): void {
    const end = { endedAt: this.parts.now(), state: 'failed', reason: 'its system was taken down' } as const;
    this.parts.store.saveRun({ ...run, ...end });
  }

  /** The engine does not know of it: it was never asked, or its system was taken down. */
  private async askAgain(run: StoredRun): Promise<void> {
    const deployment = this.parts.deployments.find(run);
    if (deployment?.up && deployment.release !== null) return this.ask(run);
    this.takenDown(run);
  }
}

/** Unique for ever: names have no dots, so that no two of them together look like two others. */
function idOf(
  cause: StoredRun['cause'],
  { environment, system, job }: Pick<StoredRun, 'environment' | 'system' | 'job'>,
  dueAt: number,
): string {
  return [cause, environment, system, job, dueAt].join('.');
}

/** Rollouts and pipeline runs follow their own. */
function isOfOthers(id: string): boolean {
  return id.startsWith('rollout-') || id.startsWith('pipeline-');
}

const NEW = {
  startedAt: null,
  endedAt: null,
  state: 'waiting' as StoredRun['state'],
  reason: '',
  exitCode: null,
  instance: null,
};
