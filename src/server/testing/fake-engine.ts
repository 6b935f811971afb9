import {
  type DesiredSystem,
  type Engine,
  type EngineEvent,
  type ExecSession,
  type HeldWish,
  type InstanceSet,
  type JobRun,
  type LogLine,
  type Observation,
  type ObservedInstance,
  type ObservedResource,
  type ObservedRun,
  type ObservedSet,
  wishDigest,
} from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';

/** What becomes of the instances of a set. */
export type Fate = 'ready' | 'starting' | { fails: string };

/**
 * An engine that carries out every wish at once, as far as `fate` lets it. Its time is the test's: waiting for
 * news that do not come moves the clock on, so that deadlines pass without anybody waiting for them.
 */
export class FakeEngine implements Engine {
  readonly clock = { ms: 1_000_000 };
  /** Every wish, in order. */
  readonly applied: DesiredSystem[] = [];
  readonly removed: string[] = [];
  fate: (set: InstanceSet) => Fate = () => 'ready';
  /** Why a resource does not answer; null: it does. */
  resourceProblem: (name: string) => string | null = () => null;
  /** How a job ends. */
  jobEnd: (job: string) => ObservedRun['state'] = () => 'succeeded';
  readonly runs = new Map<string, JobRun>();
  /** Runs that were forgotten, in order. */
  readonly forgotten: string[] = [];
  /** `hold db`, `let go db`, in order. */
  readonly holds: string[] = [];
  /** So many of the next questions are not answered: its process is being started again. */
  awayFor = 0;
  /** Every question is a bug from now on, so that whoever still asks gives up. */
  hasEnded = false;
  /** Thrown by the next `apply`. */
  refusal: Error | null = null;
  /** Thrown by every `apply` from now on. */
  refuses: Error | null = null;
  /** Called before each picture is taken. */
  looking: () => void = () => {};
  lines: LogLine[] = [];
  private desired = new Map<string, DesiredSystem>();
  private change = 1;

  now = (): number => this.clock.ms;

  async apply(desired: DesiredSystem): Promise<void> {
    this.mustBeThere();
    const { refusal } = this;
    this.refusal = null;
    if (refusal !== null) throw refusal;
    if (this.refuses !== null) throw this.refuses;
    this.applied.push(structuredClone(desired));
    this.desired.set(`${desired.environment}/${desired.system}`, desired);
    this.change += 1;
  }

  async observe(): Promise<Observation> {
    this.mustBeThere();
    this.looking();
    const wishes = [...this.desired.values()];
    return {
      instances: wishes.flatMap((wish) => wish.sets.flatMap((set) => this.instancesOf(wish, set))),
      sets: wishes.flatMap((wish) => wish.sets.map((set) => this.setOf(wish, set))),
      services: [],
      resources: wishes.flatMap((wish) => this.resourcesOf(wish)),
      runs: [...this.runs.values()].map((run) => this.runOf(run)),
      capabilities: {},
      gateway: { connected: true, pid: 1, problem: null },
    };
  }

  async run(run: JobRun): Promise<void> {
    this.mustBeThere();
    this.runs.set(run.id, run);
    this.change += 1;
  }

  async forgetRun(id: string): Promise<void> {
    this.mustBeThere();
    if (this.runs.delete(id)) this.forgotten.push(id);
  }

  async holdResource(_place: { system: string; environment: string }, name: string): Promise<void> {
    this.mustBeThere();
    this.holds.push(`hold ${name}`);
  }

  async letGoResource(_place: { system: string; environment: string }, name: string): Promise<void> {
    this.mustBeThere();
    this.holds.push(`let go ${name}`);
  }

  async wishes(): Promise<HeldWish[]> {
    this.mustBeThere();
    return [...this.desired.values()].map((wish) => ({
      ...{ system: wish.system, environment: wish.environment },
      digest: wishDigest(wish),
    }));
  }

  /** As after the loss of its memory: it holds nothing of what it was told. */
  forget(): void {
    this.desired.clear();
  }

  async remove(system: string, environment: string): Promise<void> {
    this.mustBeThere();
    this.removed.push(`${environment}/${system}`);
    this.desired.delete(`${environment}/${system}`);
    this.change += 1;
  }

  async changed(seen: number, timeoutMs: number): Promise<number> {
    this.mustBeThere();
    if (seen === this.change) this.clock.ms += timeoutMs;
    await new Promise(setImmediate);
    return this.change;
  }

  async *logs(): AsyncIterable<LogLine> {
    yield* this.lines;
  }

  async forgetLogs(): Promise<void> {}

  async forgetVolumes(): Promise<void> {}

  async tidy(): Promise<void> {}

  async *events(_signal: AbortSignal): AsyncIterable<EngineEvent & { origin: string; sequence: number }> {}

  async kill(): Promise<void> {}

  exec(): Promise<ExecSession> {
    return Promise.reject(new Error('nothing runs here'));
  }

  /** The newest wish, in short. */
  wish(): string[] {
    return inShort(this.applied.at(-1)!);
  }

  private instancesOf(wish: DesiredSystem, set: InstanceSet): ObservedInstance[] {
    const fate = this.fate(set);
    const { system, environment } = wish;
    const { service, release, rollout } = set;
    const role = 'service' as const;
    return Array.from({ length: set.count }, (_, index) => ({
      ...{ id: `${service}-${rollout}-${index}`, system, environment, service, role, release, rollout },
      state: fate === 'ready' ? ('ready' as const) : ('starting' as const),
      ...{ reason: '', pid: 1, port: 1, startedAt: 1, memoryBytes: null, cpu: null, requests: 0 },
    }));
  }

  private resourcesOf({ system, environment, resources }: DesiredSystem): ObservedResource[] {
    return resources.map(({ name, type, external }) => {
      const problem = this.resourceProblem(name);
      return {
        ...{ system, environment, name, type, external: external !== null },
        state: problem === null ? ('ready' as const) : ('starting' as const),
        ...{ reason: problem ?? '', instance: `${system}-${name}`, pid: 1, port: 1, folder: '/data' },
        ...{ sizeBytes: null, memoryBytes: null, cpu: null, startedAt: 1, failures: 0 },
      };
    });
  }

  private runOf({ id, system, environment, job, release }: JobRun): ObservedRun {
    const state = this.jobEnd(job);
    const failed = state === 'failed';
    const hasEnded = failed || state === 'succeeded';
    return {
      ...{ id, system, environment, job, release, state, instance: `${system}-${job}` },
      reason: failed ? 'exited with code 1' : '',
      ...(hasEnded ? { exitCode: failed ? 1 : 0, endedAt: 2 } : { exitCode: null, endedAt: null }),
      startedAt: 1,
    };
  }

  private setOf({ system, environment }: DesiredSystem, set: InstanceSet): ObservedSet {
    const { service, rollout } = set;
    const fate = this.fate(set);
    const failed = typeof fate === 'object';
    const lastFailure = failed ? { instance: `${service}-${rollout}-0`, reason: fate.fails, at: 1 } : null;
    const failures = failed ? 3 : 0;
    return {
      ...{ system, environment, service, rollout, failures, lastFailure },
      ...{ backoffMs: null, waitsFor: null },
    };
  }

  private mustBeThere(): void {
    if (this.hasEnded) throw new Error('the engine has ended');
    if (this.awayFor === 0) return;
    this.awayFor -= 1;
    throw new EscaleError('process-away', 'The supervisor does not answer (ECONNREFUSED)');
  }
}

/** `web#2:1×3`: rollout 2, release 1, three instances. */
export function inShort({ sets }: DesiredSystem): string[] {
  return sets.map(({ service, rollout, release, count }) => `${service}#${rollout}:${release}×${count}`);
}
