import {
  type Address,
  type Clock,
  type DesiredSystem,
  type ExecProcess,
  type HeldWish,
  type HostEngine,
  type InstanceExit,
  type InstanceRecord,
  type JobRun,
  type LogLine,
  type LogQuery,
  type Observation,
  type ResourceKind,
  type Runtime,
  type SecretReader,
  type Traffic,
  wishDigest,
} from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { planForAdopted } from './adoption.ts';
import { type Action, decide, setKey } from './decide.ts';
import { Failures } from './failures.ts';
import { GatewayLink } from './gateway-link.ts';
import { Holds } from './holds.ts';
import { type Instance, isLeaving, newInstance } from './instance.ts';
import { LastingPorts, withPorts } from './lasting-ports.ts';
import { Launcher } from './launcher.ts';
import { LogStore } from './log-store.ts';
import { afterWord, isHolding, isUnsaid, lostWith } from './lost-state.ts';
import { News } from './news.ts';
import { observe } from './observe.ts';
import { OutputReader } from './output-reader.ts';
import { Readiness } from './readiness.ts';
import { keptSets } from './resource-plan.ts';
import { Resources } from './resources.ts';
import { Runs } from './runs.ts';
import { StateFile } from './state.ts';
import { Stopper } from './stopper.ts';
import { keyOf } from './table.ts';
import { Watch } from './watch.ts';

export interface SupervisorOptions {
  /** Its own folder: its state. */
  folder: string;
  volumes: string;
  /** Folder of what resources keep. */
  resources: string;
  logs: string;
  kinds: ResourceKind[];
  secrets: SecretReader;
  /** Hides in a text of a system what is kept secret for it. */
  masked?: (system: string, text: string) => string;
  runtime: Runtime;
  traffic: Traffic;
  clock: Clock;
  pages: { hosts: string[]; address: Address } | null;
  /** The gateway's process, for people. */
  gateway: () => { pid: number | null; problem: string | null };
}

const LOOK_AGAIN_MS = 1000;

/** Keeps this host's instances as desired. Alone responsible for starting, adopting, stopping and routing them. */
export class Supervisor {
  readonly news: News;
  private readonly options: SupervisorOptions;
  private readonly file: StateFile;
  private readonly instances = new Map<string, Instance>();
  private readonly logs: LogStore;
  private readonly failures: Failures;
  private readonly readiness: Readiness;
  private readonly ports: LastingPorts;
  private readonly gateway: GatewayLink;
  private readonly resources: Resources;
  private readonly runs: Runs;
  private readonly launcher: Launcher;
  private readonly stopper: Stopper;
  private readonly output: OutputReader;
  private readonly watch: Watch;
  private readonly holds = new Holds();
  /** Of wishes that are held: none of them is changed, another one takes its place. */
  private readonly digests = new WeakMap<DesiredSystem, string>();
  private wakeTimer: NodeJS.Timeout | null = null;
  private isScheduled = false;
  private isClosed = false;
  /** Instances that ended before all of them were known again. */
  private readonly early: InstanceExit[] = [];
  private hasAdopted = false;

  constructor(options: SupervisorOptions) {
    const { runtime, traffic, clock, volumes, pages, secrets } = options;
    const { instances } = this;
    this.options = options;
    this.file = new StateFile(options.folder);
    this.logs = new LogStore(options.logs, options.masked);
    this.failures = new Failures(clock);
    const news = new News(this.logs, clock);
    this.news = news;
    this.readiness = new Readiness({ instances, news, clock });
    this.gateway = new GatewayLink({
      ...{ traffic, news, clock, pages },
      picture: () => ({ ...this.file.state, instances: this.list(), networks: runtime.networks() }),
      onReadiness: (id, readiness, reason) => this.readiness.judged(id, readiness, reason),
      onPortTaken: (key) => this.movePort(key),
      onConnected: () => this.wake(),
      isHolding: () => isHolding(this.file.state.lost, this.now()),
    });
    const { file, gateway } = this;
    this.ports = new LastingPorts({ file, instances, gateway, news });
    this.resources = new Resources({
      ...{ kinds: options.kinds, folder: options.resources, file, instances, secrets },
      changed: () => this.resourceChanged(),
      join: ({ environment, engine }) => runtime.join(environment, engine ?? 'process'),
      networks: () => runtime.networks(),
    });
    this.launcher = new Launcher({
      ...{ runtime, instances, news, clock, volumes, secrets, resources: this.resources },
      ports: this.ports.book,
      internalPort: (key) => this.file.state.internalPorts[key],
      resourcePort: (key) => this.ports.ofResource(key),
      route: (instance) => this.route(instance),
      ready: (instance) => this.readiness.set(instance, 'ready', ''),
      gone: (id) => this.stopper.gone(id),
      failed: (instance, reason) => this.failedToStart(instance, reason),
      giveUp: (instance, reason) => this.giveUp(instance, reason),
    });
    this.stopper = new Stopper({
      runtime,
      instances,
      gateway: this.gateway,
      news,
      leaving: () => this.rememberLeaving(),
    });
    this.runs = new Runs({
      ...{ file, clock, news, resources: this.resources, instances },
      launch: (run) => this.launcher.launchRun(run),
      stop: (instance) => this.stopper.stop(instance),
    });
    this.output = new OutputReader({ runtime, logs: this.logs, clock, instances });
    this.watch = new Watch({
      ...{ runtime, instances, clock, output: this.output, gateway: this.gateway },
      dead: (instance, reason) => this.giveUp(instance, reason),
    });
    runtime.onExit((exit) => void this.exited(exit));
    runtime.onOutput((id) => void this.output.read(id));
    runtime.onFound((record) => void this.found(record));
    runtime.onNetwork(() => void this.gateway.pushAgain().then(() => this.wake()));
  }

  /** Where there is none to move to, it is looked for again when the gateway says it again. */
  private movePort(key: string): void {
    this.ports.moveInside(key).then(
      () => this.wake(),
      (error: Error) => this.news.tellOfGateway(key, error.message),
    );
  }

  /** Adopts what still runs, starts what is missing, and keeps on. */
  async start(): Promise<void> {
    for (const record of await this.options.runtime.recover()) await this.adopt(record);
    this.hasAdopted = true;
    for (const exit of this.early.splice(0)) void this.exited(exit);
    this.beginAnew();
    await this.gateway.learn();
    this.watch.start();
    this.resources.start();
    this.wake();
  }

  /** Where the state could not be read: what runs goes on as it is, until it is said what is wanted. */
  private beginAnew(): void {
    if (this.damagedState === null) return;
    this.file.note({ lost: lostWith(this.list().map(({ record }) => record)) });
    this.news.tellOfItself('state-lost', `its state could not be read, and is kept as ${this.damagedState}`);
  }

  /** Where the state file was put aside because it could not be read; null: all was well. */
  get damagedState(): string | null {
    return this.file.damaged;
  }

  /** Stops watching; instances and gateway go on without it. */
  close(): void {
    this.isClosed = true;
    this.watch.stop();
    this.resources.close();
    if (this.wakeTimer) clearTimeout(this.wakeTimer);
    this.gateway.close();
    this.ports.close();
  }

  // ---- what is asked of it

  /** Resolves once the wish is durable. */
  async apply(desired: DesiredSystem): Promise<void> {
    await this.prepare(desired);
    const ports = await this.ports.forWish(desired);
    await this.file.updateTogether((state) => ({
      desired: [...state.desired.filter((other) => !samePlace(other, desired)), desired],
      ...withPorts(state, ports),
      lost: afterWord(state.lost, desired, this.now()),
    }));
    this.treatAsWished(desired);
    this.failures.keepOnly(wantedSets(this.file.state.desired));
    this.resources.watchDesired();
    this.wake();
  }

  /** Resolves once the wish is durable. */
  async run(run: JobRun): Promise<void> {
    const { engine } = run.plan;
    if (engine !== undefined) await this.prepareNetwork(run.environment, engine);
    this.runs.add(run, await this.ports.forRun(run));
    this.wake();
  }

  /**
   * What takes its time and counts against nobody's deadline. Where it fails, whatever is started says why: the wish is
   * taken all the same, since it may be the one that returns to the former release.
   */
  private async prepare(desired: DesiredSystem): Promise<void> {
    const { system, environment, engine, sets } = desired;
    if (engine !== undefined) await this.prepareNetwork(environment, engine);
    const made = sets.filter(({ plan }) => plan.engine !== undefined);
    await Promise.all(
      made.map(({ service, plan }) =>
        this.options.runtime.prepare({ system, service, ...plan }).catch(() => {}),
      ),
    );
  }

  /** First of all, so that what others reach there listens on it. Where that fails, whatever is started says why. */
  private async prepareNetwork(environment: string, engine: HostEngine): Promise<void> {
    await this.options.runtime.join(environment, engine).catch(() => {});
  }

  forgetRun(id: string): Promise<void> {
    return this.runs.forget(id);
  }

  /** Stops a resource (`environment/system/name`) and starts it no more while it is held; a new supervisor does. */
  async holdResource(key: string): Promise<void> {
    this.holds.hold(key, this.now());
    this.wake();
    const isIt = (instance: Instance) => instance.record.role === 'resource' && serviceOf(instance) === key;
    const instance = this.list().find(isIt);
    if (instance !== undefined) await this.stopper.stop(instance);
  }

  letGoResource(key: string): void {
    this.holds.letGo(key);
    this.wake();
  }

  /** Instances that were adopted without knowing how they are to be treated. */
  private treatAsWished(desired: DesiredSystem): void {
    for (const instance of this.list().filter(({ record }) => samePlace(record, desired))) {
      const key = setKey(instance.record, instance.record);
      const set = keptSets(desired).find((one) => setKey(desired, one) === key);
      if (set?.role === 'service') instance.plan = set.plan;
    }
  }

  /** Resolves when nothing of it runs any more. */
  async remove(system: string, environment: string): Promise<void> {
    const place = { system, environment };
    await this.file.updateTogether(({ desired, lost }) => ({
      desired: desired.filter((wish) => !samePlace(wish, place)),
      lost: afterWord(lost, place, this.now()),
    }));
    void this.runs.forgetAllOf(place);
    this.wake();
    while (this.list().some((instance) => samePlace(instance.record, place)))
      await this.news.next(LOOK_AGAIN_MS);
    this.resources.watchDesired();
    await this.tidy(null);
  }

  observe(): Observation {
    const { desired, internalPorts } = this.file.state;
    return observe({
      ...{ desired, internalPorts, instances: this.list() },
      ...{ resources: this.resources.observe(), runs: this.runs.observe() },
      waitsFor: (wish, set) => this.resources.waitsFor(wish, set.plan),
      ...{ backoff: this.failures.backoff, failures: this.failures.last, pauses: this.readiness.pauses.last },
      ...{ requests: this.gateway.requests, traffic: this.gateway.services },
      capabilities: this.options.runtime.capabilities(),
      gateway: { connected: this.gateway.connected, ...this.options.gateway() },
      now: this.now(),
    });
  }

  /** Which values of secrets what it keeps in an environment may be started with again. */
  secretsOf(environment: string): Set<number> {
    const { desired, runs } = this.file.state;
    const wishes = desired.filter((wish) => wish.environment === environment);
    const versions = [
      ...wishes.flatMap(({ sets, resources }) => [
        ...sets.map(({ plan }) => plan.secrets),
        ...resources.map((one) => one.secrets),
      ]),
      ...runs.filter(({ run }) => run.environment === environment).map(({ run }) => run.plan.secrets),
    ];
    return new Set(versions.flatMap((each) => Object.values(each ?? {})));
  }

  wishes(): HeldWish[] {
    const { desired, lost } = this.file.state;
    const held = desired.map((wish) => ({ ...placeOf(wish), digest: this.digestOf(wish) }));
    return [...held, ...(lost?.unsaid ?? []).map((place) => ({ ...place, digest: null }))];
  }

  private digestOf(wish: DesiredSystem): string {
    const digest = this.digests.get(wish) ?? wishDigest(wish);
    this.digests.set(wish, digest);
    return digest;
  }

  kill(id: string): void {
    if (!this.instances.has(id)) throw new EscaleError('instance-unknown', `no instance ${id} runs here`);
    this.options.runtime.signal(id, 'kill');
  }

  exec(id: string, command: string[]): ExecProcess {
    return this.options.runtime.exec(id, command);
  }

  readLogs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine> {
    const services = query.service === undefined ? this.logs.services(query) : [query.service];
    return this.logs.read(query, services, signal);
  }

  /** Engines that are away, or refuse, are tidied up another time. */
  async tidy(artifacts: string[] | null): Promise<void> {
    const { desired, runs, lost } = this.file.state;
    const places = [...desired, ...runs.map(({ run }) => run)];
    const environments = lost === null ? places.map(({ environment }) => environment) : null;
    await this.options.runtime.tidy({ environments, artifacts }).catch(() => {});
  }

  forgetVolumes(system: string, environment: string): Promise<void> {
    return this.options.runtime.forgetVolumes({ system, environment });
  }

  forgetLogs(system: string, environment: string): void {
    this.logs.forget({ system, environment });
  }

  // ---- deciding

  private wake(): void {
    if (this.isScheduled || this.isClosed) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.reconcile();
    });
  }

  private reconcile(): void {
    // What is not known yet must not be started a second time.
    if (this.isClosed || !this.hasAdopted) return;
    const { lost } = this.file.state;
    if (isHolding(lost, this.now())) return this.wakeAt(lost!.until);
    const { actions, wakeAt } = decide({
      isUnsaid: (place) => isUnsaid(lost, place),
      desired: this.file.state.desired,
      instances: this.list().map(viewOf),
      backoff: (key) => this.failures.of(key),
      resourceAnswers: (key) => this.resources.answers(key),
      isHeld: (key) => this.holds.isHeld(key, this.now()),
      now: this.now(),
    });
    for (const action of actions) this.act(action);
    this.bringIntoReach();
    this.runs.reconcile();
    void this.gateway.push();
    this.news.noteChange();
    this.wakeAt(sooner(wakeAt, this.holds.nextEnd(this.now())));
  }

  /** A resource is started again where an engine with a network of its own has come to its environment. */
  private bringIntoReach(): void {
    for (const instance of this.list())
      if (
        instance.record.role === 'resource' &&
        !isLeaving(instance) &&
        this.resources.isOutOfReach(instance)
      )
        void this.stopper.stop(instance);
  }

  private wakeAt(at: number | null): void {
    if (this.wakeTimer) clearTimeout(this.wakeTimer);
    this.wakeTimer = at === null ? null : setTimeout(() => this.wake(), Math.max(1, at - this.now()));
  }

  private act(action: Action): void {
    if (action.kind === 'start') void this.launcher.launch(action, action.set);
    else void this.retire(this.instances.get(action.id)!);
  }

  private retire(instance: Instance): Promise<void> {
    this.readiness.beginPause(instance);
    return this.stopper.retire(instance);
  }

  // ---- what happens to instances

  /** It goes on where it was: in rotation if its own socket listens, or on its way out. */
  private async adopt(record: InstanceRecord): Promise<void> {
    const plan = this.runs.planOf(record.run) ?? planForAdopted(record, this.file.state.desired);
    const instance = newInstance(record, plan);
    instance.reason = 'adopted, not probed yet';
    this.instances.set(record.id, instance);
    this.news.tell(instance, 'instance-adopted', `adopted (pid ${record.pid})`);
    if (record.role === 'service') {
      const { state } = await this.options.runtime.listening(record.id);
      if (state === 'own') instance.phase = 'routed';
    }
    if (this.file.state.leaving.includes(record.id)) void this.retire(instance);
    // It may have been ready for days: its time to become ready again begins now.
    else if (record.role !== 'job') void this.launcher.watch(instance, this.now());
  }

  /** Found late: its engine was away. What was being started in its place is too many now. */
  private async found(record: InstanceRecord): Promise<void> {
    await this.adopt(record);
    this.wake();
  }

  private route(instance: Instance): void {
    if (instance.phase === 'routed') return;
    instance.reason = 'not probed yet';
    instance.phase = 'routed';
    void this.gateway.push();
  }

  private failedToStart(instance: Instance, reason: string): void {
    if (this.isClosed) return;
    if (!isLeaving(instance)) this.fail(instance, reason);
    this.news.noteChange();
    this.wake();
  }

  private giveUp(instance: Instance, reason: string): void {
    if (this.isClosed || isLeaving(instance) || !this.instances.has(instance.record.id)) return;
    this.fail(instance, reason);
    this.readiness.beginPause(instance);
    void this.stopper.stop(instance);
  }

  private fail(instance: Instance, reason: string): void {
    this.failures.count(instance, reason);
    if (instance.record.role === 'resource') this.resources.failed(instance, reason);
    this.news.tell(instance, 'instance-failed', reason);
  }

  private async exited(exit: InstanceExit): Promise<void> {
    if (!this.hasAdopted) return void this.early.push(exit);
    const instance = this.instances.get(exit.id);
    if (instance === undefined || this.isClosed) return;
    await this.output.finish(instance);
    this.readiness.beginPause(instance);
    this.instances.delete(exit.id);
    if (instance.record.role === 'job') this.runs.ended(instance, exit);
    else if (isLeaving(instance)) this.stopped(instance, exit.reason);
    else this.endedUnasked(instance, exit);
    await this.options.runtime.forget(exit.id);
    this.stopper.gone(exit.id);
    this.reconcile();
  }

  private stopped(instance: Instance, reason: string): void {
    if (instance.record.role === 'resource') this.resources.stopped(instance);
    this.news.tell(instance, 'instance-stopped', reason);
  }

  /** One that served and was killed from outside is replaced at once, however often that happens. */
  private endedUnasked(instance: Instance, { reason, killed }: InstanceExit): void {
    if (!instance.everReady) return this.fail(instance, `before it was ready, it ${reason}`);
    if (!killed) return this.fail(instance, reason);
    this.failures.tell(instance, reason);
    if (instance.record.role === 'resource') this.resources.failed(instance, reason);
    this.news.tell(instance, 'instance-failed', reason);
  }

  private rememberLeaving(): void {
    const leaving = this.list()
      .filter(isLeaving)
      .map(({ record }) => record.id);
    // On a full disk it leaves all the same; after a crash then it would be drained once more.
    this.file.note({ leaving });
  }

  // ---- resources

  /** Readiness of their instances follows whether they answer; what waits for one may be started now. */
  private resourceChanged(): void {
    for (const instance of this.list().filter(({ record }) => record.role === 'resource')) {
      const key = serviceOf(instance);
      if (isLeaving(instance)) continue;
      if (this.resources.answers(key)) this.readiness.set(instance, 'ready', '');
      else this.readiness.set(instance, 'unready', this.resources.reasonOf(key));
    }
    this.news.noteChange();
    this.wake();
  }

  private list(): Instance[] {
    return [...this.instances.values()];
  }

  private now(): number {
    return this.options.clock.now();
  }
}

function sooner(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function placeOf({ system, environment }: DesiredSystem) {
  return { system, environment };
}

function viewOf(instance: Instance) {
  const { id, system, environment, service, role, rollout, startedAt } = instance.record;
  const needs = instance.plan.resources.filter(({ external }) => !external).map(({ resource }) => resource);
  const ready = instance.readiness === 'ready';
  return {
    ...{ id, system, environment, service, role, needs, rollout, startedAt, ready },
    leaving: isLeaving(instance),
  };
}

function serviceOf({ record }: Instance): string {
  return keyOf(record, record.service);
}

function wantedSets(desired: DesiredSystem[]): Set<string> {
  return new Set(desired.flatMap((wish) => keptSets(wish).map((set) => setKey(wish, set))));
}

function samePlace(
  a: { system: string; environment: string },
  b: { system: string; environment: string },
): boolean {
  return a.system === b.system && a.environment === b.environment;
}
