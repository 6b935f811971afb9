import { nextRun } from '../core/schedule/index.ts';
import type { Deployments } from './deployments.ts';
import type { JobRuns } from './job-runs.ts';
import { keyOf } from './place.ts';
import type { Deployment, Store } from './store/index.ts';

export interface SchedulerParts {
  store: Store;
  deployments: Deployments;
  jobRuns: JobRuns;
  now: () => number;
  /** Something could not be done now; it is tried again. */
  problem: (error: unknown) => void;
}

/** What came due while the control plane was being started again is made up for; what is older is not, ms. */
const LATE_MS = 60_000;
/** How often runs that go on are looked at, and the longest wait without any, ms. */
const FOLLOW_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/** Begins scheduled jobs when their time comes, and follows runs to their end. */
export class Scheduler {
  private readonly parts: SchedulerParts;
  private lookedAt: number;
  /** Places where something could not be begun, and since when it may have come due. */
  private readonly behind = new Map<string, number>();
  private readonly told = new Set<string>();
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;
  private isLooking = false;

  constructor(parts: SchedulerParts) {
    this.parts = parts;
    this.lookedAt = parts.now() - LATE_MS;
  }

  /** At once, for example because a system was delivered. */
  look(): void {
    if (this.isStopped || this.isLooking) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.isLooking = true;
    void this.tried(() => this.turn()).then((waitMs) => {
      this.isLooking = false;
      if (!this.isStopped) this.timer = setTimeout(() => this.look(), waitMs ?? FOLLOW_MS);
    });
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Begins what is due and follows what goes on; how long until the next look, ms. */
  private async turn(): Promise<number> {
    const now = this.parts.now();
    const next = await this.beginDue(now);
    this.lookedAt = now;
    const goesOn = await this.tried(() => this.parts.jobRuns.follow());
    const isCalm = this.behind.size === 0 && goesOn !== null;
    if (isCalm) this.told.clear();
    if (!isCalm || goesOn) return FOLLOW_MS;
    return Math.max(1, Math.min(LONGEST_WAIT_MS, (next ?? Number.POSITIVE_INFINITY) - this.parts.now()));
  }

  /** What came due since the last look, everywhere; when the next one does. */
  private async beginDue(now: number): Promise<number | null> {
    const times: number[] = [];
    for (const deployment of this.parts.store.deployments()) {
      const key = keyOf(deployment);
      const since = this.behind.get(key) ?? this.lookedAt;
      const comes = await this.tried(() => this.beginDueOf(deployment, since, now));
      if (comes === null) this.behind.set(key, since);
      else this.behind.delete(key);
      times.push(...(comes ?? []));
    }
    return times.length === 0 ? null : Math.min(...times);
  }

  /** What came due after `since` up to `now`, the last time of each job only; when the next ones do. */
  private async beginDueOf(deployment: Deployment, since: number, now: number): Promise<number[]> {
    const next: number[] = [];
    for (const { place, name, schedule } of this.scheduledOf(deployment)) {
      let time = nextRun(schedule, since);
      let due: number | null = null;
      while (time !== null && time <= now) [due, time] = [time, nextRun(schedule, time)];
      if (due !== null) await this.parts.jobRuns.due(place, { name, overlap: schedule.overlap }, due);
      if (time !== null) next.push(time);
    }
    return next;
  }

  private scheduledOf(deployment: Deployment) {
    const { system, environment, release, up } = deployment;
    if (!up || release === null) return [];
    const place = { system, environment, release };
    const { jobs } = this.parts.deployments.resolution(deployment, release).system;
    return Object.values(jobs).flatMap(({ name, schedule }) =>
      schedule === null ? [] : [{ place, name, schedule }],
    );
  }

  /** Null when it failed, which is told; whatever else there is to do goes on. */
  private async tried<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      this.tell(error);
      return null;
    }
  }

  /** Once, until all is well again: it is tried each second. */
  private tell(error: unknown): void {
    const { message } = error as Error;
    if (!this.told.has(message)) this.parts.problem(error);
    this.told.add(message);
  }
}
