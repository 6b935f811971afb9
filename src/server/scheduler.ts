import { nextRun } from '../core/schedule/index.ts';
import type { Deployments } from './deployments.ts';
import type { JobRuns } from './job-runs.ts';
import type { Store } from './store.ts';

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
    void this.turn().then((waitMs) => {
      this.isLooking = false;
      if (!this.isStopped) this.timer = setTimeout(() => this.look(), waitMs);
    });
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Begins what is due and follows what goes on; how long until the next look, ms. */
  private async turn(): Promise<number> {
    try {
      const now = this.parts.now();
      const next = await this.beginDue(this.lookedAt, now);
      this.lookedAt = now;
      const anyOpen = await this.parts.jobRuns.follow();
      if (anyOpen) return FOLLOW_MS;
      return Math.max(1, Math.min(LONGEST_WAIT_MS, (next ?? Number.POSITIVE_INFINITY) - this.parts.now()));
    } catch (error) {
      this.parts.problem(error);
      return FOLLOW_MS;
    }
  }

  /** What came due after `since` up to `now`, the last time of each job only; when the next one does. */
  private async beginDue(since: number, now: number): Promise<number | null> {
    let next: number | null = null;
    for (const { place, name, schedule } of this.scheduled()) {
      let time = nextRun(schedule, since);
      let due: number | null = null;
      while (time !== null && time <= now) [due, time] = [time, nextRun(schedule, time)];
      if (due !== null) await this.parts.jobRuns.due(place, { name, overlap: schedule.overlap }, due);
      if (time !== null && (next === null || time < next)) next = time;
    }
    return next;
  }

  private scheduled() {
    return this.parts.store.deployments().flatMap((deployment) => {
      const { system, environment, release, up } = deployment;
      if (!up || release === null) return [];
      const place = { system, environment, release };
      const { jobs } = this.parts.deployments.resolution(deployment, release).system;
      return Object.values(jobs).flatMap(({ name, schedule }) =>
        schedule === null ? [] : [{ place, name, schedule }],
      );
    });
  }
}
