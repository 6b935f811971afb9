import { setTimeout as pause } from 'node:timers/promises';
import type { DesiredSystem, Engine, Observation } from '../core/contracts/index.ts';
import { EscaleError, isAway } from '../core/errors/index.ts';
import {
  type Evidence,
  judge,
  type Operation,
  type OperationProgress,
  type OperationVerdict,
  type ResourceEvidence,
} from '../core/rollout/index.ts';
import { type Artifacts, desiredAtRest, desiredDuring, jobRun, type Resolve } from './desired.ts';
import type { Rollout, Store } from './store/index.ts';

/** What happens while a rollout runs, for whoever watches it. */
export type RolloutProgress =
  | OperationProgress
  | { type: 'note'; message: string }
  | { type: 'end'; rollout: Rollout };

type FinalVerdict = Exclude<OperationVerdict, { state: 'waiting' }>;

export interface RunnerParts {
  store: Store;
  engine: Engine;
  artifacts: Artifacts;
  resolve: (place: { system: string; environment: string }) => Resolve;
  /** Copies what a resource holds. */
  backUp: (place: { system: string; environment: string }, resource: string) => Promise<void>;
  now: () => number;
}

/** How long one wait for news from the engine is, ms. */
const NEWS_MS = 2000;
/** Between two tries to reach an engine that is away, ms: this host's is back soon, one elsewhere may take long. */
const RETRY_MS = 100;
const RETRY_ELSEWHERE_MS = 1000;
/** How long a return to the former release may take before the rollout is closed all the same, ms. */
const RETURN_MS = 60_000;
const LINES_SHOWN = 20;

/**
 * Carries a rollout from wherever it stands to its end: each operation is a wish to the engine and a condition to
 * wait for, so a step that was half done before a crash is simply done again.
 */
export class RolloutRunner {
  private readonly parts: RunnerParts;
  private readonly rollout: Rollout;
  /** Who watches it now. */
  tell: (progress: RolloutProgress) => void;
  /** Why it can't be carried out; only its end is left to be done. */
  private problem: string | null = null;
  private cancelled: string | null = null;
  private returns = true;
  /** The engine was away since it last took a wish: it may not remember it. */
  private wasAway = false;
  private isAwayNoted = false;
  /** For how long in all the engine was away, ms: nobody becomes ready meanwhile. */
  private awayMs = 0;
  /** Something of the new release has failed already. */
  isFailing = false;

  constructor(parts: RunnerParts, rollout: Rollout, tell: (progress: RolloutProgress) => void) {
    this.parts = parts;
    this.rollout = rollout;
    this.tell = tell;
  }

  /** Ends it at its next look: it returns to the former release, or stops where it is because all of it goes anyway. */
  cancel(reason: string, then: 'return' | 'stop here' = 'return'): void {
    this.cancelled = reason;
    this.returns = then === 'return';
  }

  /** Throws where the store can't be written; called again it goes on from there. */
  async run(): Promise<Rollout> {
    const { operations } = this.rollout;
    while (this.problem === null && this.rollout.done < operations.length) {
      const index = this.rollout.done;
      this.problem = await this.carryOut(operations[index]!, index);
      if (this.problem === null) this.noteDone(index + 1);
    }
    await this.forgetRuns();
    if (this.problem === null) return this.promote();
    return this.giveUp(this.stopsHere() ? this.cancelled! : this.problem);
  }

  private noteDone(done: number): void {
    this.parts.store.saveProgress({ ...this.rollout, done });
    this.rollout.done = done;
  }

  /** Runs of jobs that belong to this rollout: one that still goes on is ended. */
  private async forgetRuns(): Promise<void> {
    for (const operation of this.rollout.operations)
      if (operation.kind === 'run')
        await this.tryAsk(() => this.parts.engine.forgetRun(this.runId(operation.job), this.rollout));
  }

  /** Null when the operation is done; otherwise why it can't be. */
  private async carryOut(operation: Operation, index: number): Promise<string | null> {
    const began = this.parts.now();
    this.isAwayNoted = false;
    this.tell({ type: 'begin', index, operation });
    const refusal = await this.tryWish(operation, index);
    if (refusal !== null) {
      this.tell({ type: 'failed', index, operation, reason: refusal, instance: null, lastLines: [] });
      return refusal;
    }
    // What the engine had to make first (an image) is nobody's start.
    const verdict = await this.waitFor(operation, this.parts.now());
    if (operation.kind === 'run') await this.keepRun(operation.job, began).catch(unlessAway);
    if (verdict.state === 'done') {
      this.tell({ type: 'done', index, operation, ms: this.parts.now() - began });
      return null;
    }
    const lastLines = verdict.instance === null ? [] : await this.lastLines(verdict.instance);
    const { reason, instance } = verdict;
    this.tell({ type: 'failed', index, operation, reason, instance, lastLines });
    return instance === null ? reason : `${instance}: ${reason}`;
  }

  /** Null when the engine took the wish; otherwise why it did not (its disk is full). */
  private tryWish(operation: Operation, index: number): Promise<string | null> {
    const { engine } = this.parts;
    return this.tryAsk(async () => {
      if (operation.kind === 'backup') return this.parts.backUp(this.rollout, operation.resource);
      await engine.apply(this.desiredAfter(index + 1));
      if (operation.kind === 'run') await engine.run(this.runOf(operation.job));
    });
  }

  /** The run of a job in this rollout: the same after a crash. */
  private runOf(job: string) {
    const { toRelease } = this.rollout;
    const { secrets = {} } = this.rollout.change;
    const resolution = { ...this.parts.resolve(this.rollout)(toRelease), secrets };
    return jobRun(resolution, { id: this.runId(job), job, artifacts: this.parts.artifacts });
  }

  private runId(job: string): string {
    return `rollout-${this.rollout.id}-${job}`;
  }

  /** Its history, beside that of scheduled runs. */
  private async keepRun(job: string, began: number): Promise<void> {
    const { system, environment, toRelease } = this.rollout;
    const { runs } = await this.reach(() => this.parts.engine.observe(this.rollout));
    const id = this.runId(job);
    const seen = runs.find((run) => run.id === id);
    if (seen === undefined) return;
    const { state, reason, startedAt, exitCode, instance } = seen;
    const ended = state === 'succeeded' || state === 'failed';
    this.parts.store.addRun({
      ...{ id, system, environment, job, release: toRelease, cause: 'deploy', dueAt: began },
      ...{ startedAt, endedAt: seen.endedAt ?? this.parts.now(), exitCode, instance },
      ...(ended ? { state, reason } : { state: 'failed', reason: this.cancelled ?? reason }),
    });
  }

  private desiredAfter(done: number): DesiredSystem {
    const { system, environment, id, operations, change, fromRelease, toRelease } = this.rollout;
    const place = { system, environment };
    const { secrets = {}, formerSecrets = {} } = change;
    return desiredDuring({
      ...{ place, rollout: id, former: change.former, changes: change.changes, operations, done },
      ...{ secrets, formerSecrets },
      ...{ fromRelease, toRelease, resolve: this.parts.resolve(place), artifacts: this.parts.artifacts },
    });
  }

  /** It is to end where it is, whoever is away: everything of it goes anyway. */
  private stopsHere(): boolean {
    return this.cancelled !== null && !this.returns;
  }

  private async waitFor(operation: Operation, began: number): Promise<FinalVerdict> {
    try {
      return await this.waitUntilJudged(operation, began);
    } catch (error) {
      if (!isAway(error)) throw error;
      return { state: 'failed', instance: null, reason: this.cancelled! };
    }
  }

  private async waitUntilJudged(operation: Operation, began: number): Promise<FinalVerdict> {
    const awayBefore = this.awayMs;
    let seen = 0;
    let before: number | null = null;
    for (;;) {
      if (this.cancelled !== null)
        return { state: 'failed' as const, instance: null, reason: this.cancelled };
      if (this.wasAway) await this.tryWish(operation, this.rollout.done);
      const observation = await this.reach(() => this.parts.engine.observe(this.rollout));
      const all = this.evidence(operation, observation, began + this.awayMs - awayBefore);
      before ??= operation.kind === 'scale' ? all.failures : 0;
      const evidence = since(before, all);
      this.isFailing = evidence.failures > 0;
      const verdict = judge(operation, evidence);
      if (verdict.state !== 'waiting') return verdict;
      seen = await this.reach(() => this.parts.engine.changed(seen, NEWS_MS));
    }
  }

  private evidence(operation: Operation, observation: Observation, began: number): Evidence {
    const service = 'service' in operation ? operation.service : '';
    const rollout =
      operation.kind === 'scale' ? this.rollout.change.former[service]!.rollout : this.rollout.id;
    const ofService = observation.instances.filter((i) => this.isHere(i) && i.service === service);
    const set = observation.sets.find(
      (s) => this.isHere(s) && s.service === service && s.rollout === rollout,
    );
    const plan = this.desiredAfter(this.rollout.done + 1).sets.find(
      (s) => s.service === service && s.rollout === rollout,
    );
    return {
      ready: ofService.filter((i) => i.rollout === rollout && i.state === 'ready').length,
      total: ofService.filter((i) => i.rollout === rollout).length,
      failures: set?.failures ?? 0,
      lastFailure: set?.lastFailure ?? null,
      formerLeft: ofService.filter((i) => i.rollout !== rollout).length,
      waitedMs: this.parts.now() - began,
      deadlineMs: set?.patienceMs ?? plan?.plan.start.deadlineMs ?? 0,
      resource: 'resource' in operation ? this.resourceEvidence(operation.resource, observation) : null,
      run:
        'job' in operation
          ? (observation.runs.find(({ id }) => id === this.runId(operation.job)) ?? null)
          : null,
    };
  }

  /** Null: nothing of it is wanted, and nothing of it is left. */
  private resourceEvidence(name: string, observation: Observation): ResourceEvidence | null {
    const wanted = observation.resources.find((r) => this.isHere(r) && r.name === name);
    if (wanted !== undefined) return { ...wanted, ready: wanted.state === 'ready' };
    const left = observation.instances.find((i) => this.isHere(i) && i.service === name);
    return left === undefined
      ? null
      : { ready: false, reason: 'is stopping', instance: left.id, failures: 0 };
  }

  private isHere(other: { system: string; environment: string }): boolean {
    return other.system === this.rollout.system && other.environment === this.rollout.environment;
  }

  private async lastLines(instance: string): Promise<string[]> {
    const { system, environment } = this.rollout;
    const lines: string[] = [];
    const query = { system, environment, instance, tail: LINES_SHOWN };
    try {
      for await (const line of this.parts.engine.logs(query, AbortSignal.timeout(NEWS_MS)))
        if (line.stream !== 'escale') lines.push(line.text);
    } catch {
      // The reason alone has to do.
    }
    return lines;
  }

  private promote(): Rollout {
    const { store } = this.parts;
    const { system, environment, toRelease, change } = this.rollout;
    store.transaction(() => {
      const deployment = store.deployment(system, environment)!;
      const { target: wanted, scaled, secrets = {} } = change;
      store.saveDeployment({ ...deployment, release: toRelease, wanted, scaled, secrets, up: true });
      this.close('promoted', '');
    });
    this.tell({ type: 'end', rollout: this.rollout });
    return this.rollout;
  }

  /** Back to what ran before, at once: the former instances that are still there serve on, the others are started. */
  private async giveUp(reason: string): Promise<Rollout> {
    const { system, environment, fromRelease, change } = this.rollout;
    if (this.returns) await this.undo();
    const verdict = this.cancelled !== null ? 'cancelled' : fromRelease === null ? 'failed' : 'rolled-back';
    this.parts.store.transaction(() => {
      const deployment = this.parts.store.deployment(system, environment)!;
      const stays = fromRelease !== null;
      const wanted = stays ? change.former : {};
      this.parts.store.saveDeployment({ ...deployment, wanted, up: stays });
      this.close(verdict, reason);
    });
    this.tell({ type: 'end', rollout: this.rollout });
    return this.rollout;
  }

  private async undo(): Promise<void> {
    const { system, environment, fromRelease, change } = this.rollout;
    this.tell({ type: 'returning', toRelease: fromRelease });
    if (fromRelease === null) await this.reach(() => this.parts.engine.remove(system, environment));
    else await this.returnTo(fromRelease, change.former);
  }

  private async returnTo(release: number, former: Rollout['change']['former']): Promise<void> {
    const { system, environment } = this.rollout;
    const place = { system, environment };
    const { artifacts } = this.parts;
    const resolve = this.parts.resolve(place);
    const { formerSecrets: secrets = {} } = this.rollout.change;
    const wish = desiredAtRest({ place, wanted: former, release, secrets, resolve, artifacts });
    const until = this.parts.now() + RETURN_MS;
    let refused: boolean | 'for good' = true;
    let seen = 0;
    while (this.parts.now() < until) {
      if (refused || this.wasAway) refused = await this.isRefused(wish);
      if (refused === 'for good') return;
      const observation = await this.reach(() => this.parts.engine.observe(this.rollout));
      if (this.isBack(observation, former)) return;
      seen = await this.reach(() => this.parts.engine.changed(seen, NEWS_MS));
    }
  }

  /** Where somebody else holds a field nothing was changed, and nothing will be: asking again does not help. */
  private async isRefused(wish: DesiredSystem): Promise<boolean | 'for good'> {
    try {
      await this.reach(() => this.parts.engine.apply(wish));
      this.wasAway = false;
      return false;
    } catch (error) {
      if (!(error instanceof EscaleError)) throw error;
      return error.code === 'cluster-conflict' ? 'for good' : true;
    }
  }

  private isBack(observation: Observation, former: Rollout['change']['former']): boolean {
    const here = observation.instances.filter((instance) => this.isHere(instance));
    const freshLeft = here.some((instance) => instance.rollout === this.rollout.id);
    const full = Object.entries(former).every(
      ([service, { rollout, count }]) =>
        here.filter((i) => i.service === service && i.rollout === rollout && i.state === 'ready').length >=
        count,
    );
    return full && !freshLeft;
  }

  private close(state: Rollout['state'], reason: string): void {
    Object.assign(this.rollout, { state, reason, endedAt: this.parts.now() });
    this.parts.store.saveProgress(this.rollout);
  }

  private async tryAsk(ask: () => Promise<void>): Promise<string | null> {
    try {
      await this.reach(ask);
      this.wasAway = false;
      return null;
    } catch (error) {
      if (error instanceof EscaleError) return error.message;
      throw error;
    }
  }

  /** Said once in each step: a host or a cluster elsewhere may be away for long, and everything asked of it fails in other words. */
  private noteAway(message: string): void {
    if (this.isAwayNoted) return;
    this.isAwayNoted = true;
    this.tell({ type: 'note', message: `${message}; the rollout goes on when it answers` });
  }

  /** An engine that is away is coming back: its supervisor is restarted. Everything asked here may be asked twice. */
  private async reach<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      const began = this.parts.now();
      try {
        return await ask();
      } catch (error) {
        if (!isAway(error) || this.stopsHere()) throw error;
        this.wasAway = true;
        const isElsewhere = error.code !== 'process-away';
        if (isElsewhere) this.noteAway(error.message);
        await pause(isElsewhere ? RETRY_ELSEWHERE_MS : RETRY_MS);
        this.awayMs += this.parts.now() - began;
      }
    }
  }
}

/** Whoever is away when it is to end where it is can't say more. */
function unlessAway(error: unknown): void {
  if (!isAway(error)) throw error;
}

/** A set that stays may have failed long ago and run well since: only what failed after `before` failures counts. */
function since(before: number, evidence: Evidence): Evidence {
  const failures = Math.max(0, evidence.failures - before);
  return { ...evidence, failures, lastFailure: failures > 0 || before === 0 ? evidence.lastFailure : null };
}
