import assert from 'node:assert/strict';
import type {
  DesiredSystem,
  Engine,
  InstancePlan,
  InstanceSet,
  JobRun,
  LogLine,
  LogQuery,
  Observation,
  ObservedInstance,
  ObservedResource,
  ObservedRun,
} from '../../src/core/contracts/index.ts';
import type { EngineUnderTest } from './engine-under-test.ts';
import { PROGRAMS, type ProgramName } from './programs.ts';

const PATIENCE_MS = 30_000;
const ENVIRONMENT = 'local';

type PlanDetails = Partial<InstancePlan>;
export interface SetDetails {
  service?: string;
  release?: number;
  rollout?: number;
  count?: number;
  plan?: PlanDetails;
}

/** One system of a test on an engine: what it should run, and what is seen of it. */
export class TestSystem {
  readonly name: string;
  readonly test: EngineUnderTest;

  constructor(test: EngineUnderTest, name: string) {
    this.test = test;
    this.name = name;
  }

  private get patienceMs(): number {
    return this.test.patienceMs ?? PATIENCE_MS;
  }

  get engine(): Engine {
    return this.test.engine;
  }

  /** A set of instances of a program. */
  async set(program: ProgramName, details: SetDetails = {}): Promise<InstanceSet> {
    const { service = 'web', release = 1, rollout = release, count = 1 } = details;
    const plan = { ...(await this.plan(program)), ...details.plan };
    return { service, release, rollout, count, plan };
  }

  /** A run of a job of a program. */
  async run(
    id: string,
    details: { env?: Record<string, string>; timeoutMs?: number; db?: boolean } = {},
  ): Promise<JobRun> {
    const { env = {}, timeoutMs = 20_000, db = false } = details;
    const resources = db ? [{ resource: 'db', prefix: '' }] : [];
    const plan = { ...(await this.plan('job')), port: false, env, resources };
    const run = { id: `${this.name}-${id}`, system: this.name, environment: ENVIRONMENT, job: 'migrate' };
    return { ...run, release: 1, timeoutMs, plan };
  }

  /** How often its job has begun, as it says itself. */
  async begun(): Promise<number> {
    return (await this.lines({ service: 'migrate' })).filter(({ text }) => text === 'began').length;
  }

  /** Resolves when its job has said that it began. */
  async untilBegun(): Promise<void> {
    const query = { service: 'migrate', follow: true };
    await this.lines(query, (lines) => lines.some(({ text }) => text === 'began'));
  }

  /** Tells a run that waits for it to end, and whichever begins in its place; resolves with its end. */
  async endOf(id: string): Promise<ObservedRun> {
    const told = new Set<string>();
    return this.untilRun(id, ({ state, instance, endedAt }) => {
      if (state === 'running' && instance !== null && !told.has(instance)) void this.tellToEnd(instance);
      if (instance !== null) told.add(instance);
      return endedAt !== null;
    });
  }

  private async tellToEnd(instance: string): Promise<void> {
    const command = ['sh', '-c', 'touch "$TMPDIR/end"'];
    for await (const _ of (await this.engine.exec({ instance, command })).output);
  }

  /** Resolves with a run once it is as wanted. */
  async untilRun(id: string, isSo: (run: ObservedRun) => boolean): Promise<ObservedRun> {
    let found: ObservedRun | undefined;
    await this.until(`run ${id}`, (_, { runs }) => {
      found = runs.find((run) => run.id === `${this.name}-${id}`);
      return found !== undefined && isSo(found);
    });
    return found!;
  }

  /** Resolves with its database once that is as wanted. */
  async untilDatabase(
    state: ObservedResource['state'],
    isSo: (db: ObservedResource) => boolean = () => true,
  ) {
    let found: ObservedResource | undefined;
    await this.until(`the database is ${state}`, (_, { resources }) => {
      found = resources.find((one) => one.system === this.name);
      return found?.state === state && isSo(found);
    });
    return found!;
  }

  private async plan(program: ProgramName): Promise<InstancePlan> {
    const artifact = await this.test.artifact(PROGRAMS[program]);
    return {
      ...(this.test.runsOn && { engine: this.test.runsOn }),
      artifact,
      command: [this.test.node, 'main.mjs'],
      env: {},
      port: true,
      health: { ready: '/', live: null, intervalMs: 500, timeoutMs: 2000, failures: 3 },
      start: { deadlineMs: 20_000, stableMs: 100 },
      stop: { drainMs: 5000, websocketsMs: 1000, graceMs: 5000 },
      hold: { timeoutMs: 20_000, max: 100 },
      responseTimeoutMs: 20_000,
      limits: { memoryBytes: null, cpu: null, processes: null, diskBytes: null },
      volume: false,
      uses: {},
      resources: [],
    };
  }

  apply(...sets: InstanceSet[]): Promise<void> {
    return this.engine.apply(this.wish(sets));
  }

  /** The same with a PostgreSQL called `db`. */
  applyWithDatabase(...sets: InstanceSet[]): Promise<void> {
    return this.engine.apply(this.wish(sets, [{ name: 'db', type: 'postgres', external: null }]));
  }

  /** All that is wanted of it. */
  wish(sets: InstanceSet[], resources: DesiredSystem['resources'] = []): DesiredSystem {
    const engine = this.test.runsOn && { engine: this.test.runsOn };
    return { system: this.name, environment: ENVIRONMENT, ...engine, sets, resources, routes: [] };
  }

  remove(): Promise<void> {
    return this.engine.remove(this.name, ENVIRONMENT);
  }

  /** Resolves with the instances once they are as wanted. */
  async until(
    what: string,
    isSo: (instances: ObservedInstance[], observation: Observation) => boolean,
  ): Promise<ObservedInstance[]> {
    const until = Date.now() + this.patienceMs;
    let seen = 0;
    let instances: ObservedInstance[] = [];
    while (Date.now() < until) {
      const observation = await this.engine.observe();
      instances = this.own(observation.instances);
      if (isSo(instances, observation)) return instances;
      seen = await this.engine.changed(seen, 250);
    }
    throw new Error(`waited in vain: ${what}; there are ${JSON.stringify(instances)}`);
  }

  ready(count: number): Promise<ObservedInstance[]> {
    return this.until(
      `${count} are ready`,
      (all) => all.length === count && all.every(({ state }) => state === 'ready'),
    );
  }

  async instances(): Promise<ObservedInstance[]> {
    return this.own((await this.engine.observe()).instances);
  }

  /** What is seen of one set. */
  setOf(observation: Observation, rollout = 1) {
    return observation.sets.find((set) => set.system === this.name && set.rollout === rollout);
  }

  /** A GET at the lasting inside address of a service. */
  async get(path: string, service = 'web'): Promise<{ status: number; text: string }> {
    const { services } = await this.engine.observe();
    const seen = services.find((one) => one.system === this.name && one.service === service);
    assert.ok(seen?.internalUrl, `${service} has an inside address`);
    const response = await fetch(`${seen.internalUrl}${path}`, { headers: { connection: 'close' } });
    return { status: response.status, text: await response.text() };
  }

  /** Asks the program `answers` for something slow; resolves once it is in flight. */
  async slowRequest(): Promise<{ answer: Promise<{ status: number; text: string }> }> {
    const answer = this.get('/slow');
    await this.lines({ follow: true }, (all) => all.some(({ text }) => text === 'asked, and slow'));
    return { answer };
  }

  /** Lines of its log, until `isEnough` says so or they end. */
  async lines(
    query: Partial<LogQuery>,
    isEnough: (lines: LogLine[]) => boolean = () => false,
  ): Promise<LogLine[]> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), this.patienceMs);
    const lines: LogLine[] = [];
    const place = { system: this.name, environment: ENVIRONMENT };
    for await (const line of this.engine.logs({ ...place, ...query }, stop.signal)) {
      lines.push(line);
      if (isEnough(lines)) break;
    }
    clearTimeout(timer);
    stop.abort();
    return lines;
  }

  private own(instances: ObservedInstance[]): ObservedInstance[] {
    return instances.filter(({ system }) => system === this.name);
  }
}
