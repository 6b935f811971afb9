import { randomInt } from 'node:crypto';
import path from 'node:path';
import type {
  Address,
  Clock,
  DesiredSystem,
  ExecProcess,
  InstanceExit,
  InstancePlan,
  InstanceRecord,
  InstanceSet,
  LogLine,
  LogQuery,
  Observation,
  Runtime,
  ServiceTraffic,
  Traffic,
  TrafficEvent,
} from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { afterEnd, type Backoff, CALM } from './backoff.ts';
import { type Action, decide, setKey } from './decide.ts';
import { EventRing } from './event-ring.ts';
import { fillCommand } from './fill-command.ts';
import { type Instance, isLeaving, newInstance } from './instance.ts';
import { livenessProblem } from './liveness.ts';
import { LogStore } from './log-store.ts';
import { type Failure, observe } from './observe.ts';
import { INSTANCE_PORTS, INTERNAL_PORTS, nextPort } from './ports.ts';
import { StateFile } from './state.ts';
import { callableServices, HOST, keyOf, trafficTable } from './table.ts';

export interface SupervisorOptions {
  /** Its own folder: state, and what it keeps of instances. */
  folder: string;
  volumes: string;
  logs: string;
  runtime: Runtime;
  traffic: Traffic;
  clock: Clock;
  pages: { host: string; address: Address } | null;
  /** The gateway's process, for people. */
  gateway: () => { pid: number | null; problem: string | null };
}

/** How often memory, CPU and traffic are sampled, ms. */
const SAMPLE_MS = 2000;
/** How often a starting instance is asked whether it listens, ms. */
const LISTEN_POLL_MS = 25;
/** Above an instance's own deadlines, for the gateway's word to arrive, ms. */
const DRAIN_MARGIN_MS = 2000;

/** Keeps this host's instances as desired. Alone responsible for starting, adopting, stopping and routing them. */
export class Supervisor {
  readonly events = new EventRing();
  readonly logs: LogStore;
  private readonly options: SupervisorOptions;
  private readonly file: StateFile;
  private readonly instances = new Map<string, Instance>();
  private readonly backoff = new Map<string, Backoff>();
  private readonly failures = new Map<string, Failure>();
  private readonly pauses = new Map<string, number>();
  private readonly pausedSince = new Map<string, number>();
  private readonly ended = new Map<string, () => void>();
  private readonly drained = new Map<string, () => void>();
  private readonly changeWaiters = new Set<() => void>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly reading = new Set<string>();
  private traffic: ServiceTraffic[] = [];
  private requests = new Map<string, number>();
  private gatewayConnected = false;
  private lastTable = '';
  private applied: Promise<unknown> = Promise.resolve();
  private nextInstancePort = INSTANCE_PORTS.first + randomInt(5000);
  private wakeTimer: NodeJS.Timeout | null = null;
  private scheduled = false;
  private closed = false;
  private change = 1;

  constructor(options: SupervisorOptions) {
    this.options = options;
    this.file = new StateFile(options.folder);
    this.logs = new LogStore(options.logs);
    options.runtime.onExit((exit) => void this.onExit(exit));
    options.runtime.onOutput((id) => void this.readOutput(id));
    options.traffic.onEvent((event) => this.onTraffic(event));
  }

  /** Adopts what still runs, starts what is missing, and keeps on. */
  async start(): Promise<void> {
    for (const record of await this.options.runtime.recover()) this.adopt(record);
    this.every(SAMPLE_MS, () => this.sample());
    this.every(SAMPLE_MS, () => this.checkLiveness());
    for (const instance of this.instances.values()) if (isLeaving(instance)) void this.retire(instance);
    this.wake();
  }

  /** Stops watching; instances and gateway go on without it. */
  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    if (this.wakeTimer) clearTimeout(this.wakeTimer);
    this.options.traffic.close();
  }

  async apply(desired: DesiredSystem): Promise<void> {
    const others = this.file.state.desired.filter((other) => !samePlace(other, desired));
    await this.assignPorts(desired);
    this.file.update({ desired: [...others, desired] });
    this.forgetOldSets();
    this.wake();
  }

  /** Resolves when nothing of it runs any more. */
  async remove(system: string, environment: string): Promise<void> {
    const place = { system, environment };
    this.file.update({ desired: this.file.state.desired.filter((wish) => !samePlace(wish, place)) });
    this.wake();
    const isLeft = () => [...this.instances.values()].some((instance) => samePlace(instance.record, place));
    while (isLeft()) await this.changed(this.change, 1000);
  }

  observe(): Observation {
    return observe({
      desired: this.file.state.desired,
      instances: [...this.instances.values()],
      backoff: this.backoff,
      failures: this.failures,
      pauses: this.pauses,
      internalPorts: this.file.state.internalPorts,
      requests: this.requests,
      traffic: this.traffic,
      capabilities: this.options.runtime.capabilities(),
      gateway: { connected: this.gatewayConnected, ...this.options.gateway() },
      now: this.options.clock.now(),
    });
  }

  /** Resolves at the next change after `seen`, or after `timeoutMs`; with the number of the newest change. */
  changed(seen: number, timeoutMs: number): Promise<number> {
    if (this.change !== seen) return Promise.resolve(this.change);
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.changeWaiters.delete(done);
        resolve(this.change);
      };
      const timer = setTimeout(done, timeoutMs);
      this.changeWaiters.add(done);
    });
  }

  kill(id: string): void {
    if (!this.instances.has(id)) throw new EscaleError('instance-unknown', `no instance ${id} runs here`);
    this.options.runtime.signal(id, 'SIGKILL');
  }

  exec(id: string, command: string[]): ExecProcess {
    return this.options.runtime.exec(id, command);
  }

  readLogs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine> {
    return this.logs.read(query, this.servicesOf(query), signal);
  }

  private servicesOf(query: LogQuery): string[] {
    if (query.service !== undefined) return [query.service];
    const wish = this.file.state.desired.find((other) => samePlace(other, query));
    const left = [...this.instances.values()].filter((instance) => samePlace(instance.record, query));
    return [
      ...new Set([...(wish?.sets ?? []), ...left.map(({ record }) => record)].map(({ service }) => service)),
    ];
  }

  // ---- deciding

  private wake(): void {
    if (this.scheduled || this.closed) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.reconcile();
    });
  }

  private reconcile(): void {
    if (this.closed) return;
    const now = this.options.clock.now();
    const { actions, wakeAt } = decide({
      desired: this.file.state.desired,
      instances: [...this.instances.values()].map(viewOf),
      backoff: (key) => this.backoff.get(key) ?? CALM,
      now,
    });
    for (const action of actions) this.act(action);
    this.pushTable();
    this.noteChange();
    if (this.wakeTimer) clearTimeout(this.wakeTimer);
    this.wakeTimer = wakeAt === null ? null : setTimeout(() => this.wake(), Math.max(1, wakeAt - now));
  }

  private act(action: Action): void {
    if (action.kind === 'start') void this.startOne(action, action.set);
    else void this.retire(this.instances.get(action.id)!);
  }

  // ---- starting

  private async startOne(place: { system: string; environment: string }, set: InstanceSet): Promise<void> {
    const instance = newInstance(this.newRecord(place, set), set.plan);
    this.instances.set(instance.record.id, instance);
    try {
      if (set.plan.port) instance.record.port = await this.freePort();
      instance.record = await this.options.runtime.start(this.startRequest(instance));
      this.tell(instance, 'instance-started', `started (pid ${instance.record.pid})`);
      await this.watchStart(instance);
    } catch (error) {
      this.failStart(instance, error);
    }
  }

  private newRecord(place: { system: string; environment: string }, set: InstanceSet): InstanceRecord {
    const id = `${place.environment === 'local' ? '' : `${place.environment}-`}${place.system}-${set.service}-${randomSuffix()}`;
    const { service, release, rollout } = set;
    const startedAt = this.options.clock.now();
    return {
      id,
      system: place.system,
      environment: place.environment,
      service,
      release,
      rollout,
      port: null,
      startedAt,
      pid: null,
    };
  }

  private startRequest({ record, plan }: Instance) {
    const { pid: _, startedAt: __, ...rest } = record;
    return {
      ...rest,
      artifact: plan.artifact,
      command:
        record.port === null ? plan.command : fillCommand(plan.command, { host: HOST, port: record.port }),
      env: this.environmentOf(record, plan),
      dataFolder: plan.volume ? this.dataFolder(record) : null,
      limits: plan.limits,
    };
  }

  private dataFolder(record: InstanceRecord): string {
    return path.join(this.options.volumes, record.environment, record.system, record.service);
  }

  private environmentOf(record: InstanceRecord, plan: InstancePlan): Record<string, string> {
    const bindings = Object.entries(plan.uses).map(([name, use]) => [
      name,
      this.internalUrl(`${record.environment}/${use}`),
    ]);
    return {
      ...plan.env,
      ...Object.fromEntries(bindings),
      ...(record.port === null ? {} : { HOST, PORT: String(record.port) }),
      ...(plan.volume ? { DATA_DIR: this.dataFolder(record) } : {}),
      ESCALE_SYSTEM: record.system,
      ESCALE_ENVIRONMENT: record.environment,
      ESCALE_SERVICE: record.service,
      ESCALE_RELEASE: String(record.release),
    };
  }

  private internalUrl(key: string): string {
    return `http://${HOST}:${this.file.state.internalPorts[key]}`;
  }

  /** Until it is ready, ends, or has had its time. */
  private async watchStart(instance: Instance): Promise<void> {
    const deadline = instance.record.startedAt + instance.plan.start.deadlineMs;
    if (instance.plan.port) await this.awaitOwnSocket(instance, deadline);
    else await this.awaitStable(instance);
    if (!this.isStarting(instance)) return;
    if (instance.plan.port && this.options.clock.now() < deadline) this.route(instance);
    while (this.isStarting(instance) && this.options.clock.now() < deadline)
      await this.changed(this.change, Math.max(1, deadline - this.options.clock.now()));
    if (this.isStarting(instance)) await this.giveUp(instance);
  }

  private isStarting(instance: Instance): boolean {
    return this.instances.get(instance.record.id) === instance && !instance.everReady && !isLeaving(instance);
  }

  /** It gets traffic only when the socket that listens on its port is its own. */
  private async awaitOwnSocket(instance: Instance, deadline: number): Promise<void> {
    while (this.isStarting(instance) && this.options.clock.now() < deadline) {
      const listening = await this.options.runtime.listening(instance.record.id);
      if (listening.state === 'own') return;
      if (listening.state === 'foreign')
        instance.reason = `port ${instance.record.port} is held by ${listening.holder}`;
      else instance.reason = notListening(instance.record.port!, listening.otherPorts);
      await pause(LISTEN_POLL_MS);
    }
  }

  private async awaitStable(instance: Instance): Promise<void> {
    await pause(instance.plan.start.stableMs);
    if (this.isStarting(instance)) this.setReadiness(instance, 'ready', '');
  }

  private route(instance: Instance): void {
    if (instance.reason === 'starting' || instance.readiness === 'unproven')
      instance.reason = 'not probed yet';
    instance.phase = 'routed';
    this.pushTable();
  }

  private failStart(instance: Instance, error: unknown): void {
    if (this.closed) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.instances.delete(instance.record.id);
    this.fail(instance, reason);
    this.wake();
  }

  private async giveUp(instance: Instance): Promise<void> {
    const seconds = instance.plan.start.deadlineMs / 1000;
    this.fail(instance, `was not ready within ${seconds} s: ${instance.reason}`);
    await this.stop(instance);
  }

  /** Counts a failure of its set and says it. */
  private fail(instance: Instance, reason: string): void {
    const now = this.options.clock.now();
    const key = setKey(instance.record, instance.record);
    const readyForMs = instance.readySince === null ? 0 : now - instance.readySince;
    this.backoff.set(key, afterEnd(this.backoff.get(key) ?? CALM, readyForMs, now));
    this.failures.set(key, { instance: instance.record.id, reason, at: now });
    this.tell(instance, 'instance-failed', reason);
  }

  // ---- stopping

  private async retire(instance: Instance): Promise<void> {
    const wasRouted = instance.phase === 'routed' || instance.phase === 'draining';
    instance.phase = 'draining';
    this.rememberLeaving();
    this.notePause(instance);
    if (wasRouted && instance.record.port !== null) await this.drain(instance);
    await this.stop(instance);
  }

  /** Out of rotation, acknowledged, then until nothing is in flight; or until its deadlines have passed. */
  private async drain(instance: Instance): Promise<void> {
    const { drainMs, websocketsMs } = instance.plan.stop;
    const { id } = instance.record;
    const empty = new Promise<void>((resolve) => this.drained.set(id, resolve));
    const gone = this.whenGone(instance);
    const applied = this.pushTable();
    this.tell(instance, 'instance-draining', 'out of rotation, finishing what is in flight');
    await withDeadline(Math.max(drainMs, websocketsMs) + DRAIN_MARGIN_MS, [applied.then(() => empty), gone]);
    this.drained.delete(id);
  }

  private async stop(instance: Instance): Promise<void> {
    const { id } = instance.record;
    if (!this.instances.has(id)) return;
    const gone = this.whenGone(instance);
    instance.phase = 'stopping';
    this.rememberLeaving();
    this.pushTable();
    this.options.runtime.signal(id, 'SIGTERM');
    await withDeadline(instance.plan.stop.graceMs, [gone]);
    if (!this.instances.has(id)) return;
    this.tell(
      instance,
      'instance-killed',
      `still there ${instance.plan.stop.graceMs / 1000} s after SIGTERM: SIGKILL`,
    );
    this.options.runtime.signal(id, 'SIGKILL');
    await gone;
  }

  private whenGone(instance: Instance): Promise<void> {
    const { id } = instance.record;
    if (!this.instances.has(id)) return Promise.resolve();
    return new Promise((resolve) => {
      const before = this.ended.get(id);
      this.ended.set(id, () => {
        before?.();
        resolve();
      });
    });
  }

  private rememberLeaving(): void {
    const leaving = [...this.instances.values()].filter(isLeaving).map(({ record }) => record.id);
    try {
      this.file.update({ leaving });
    } catch {
      // A full disk: it leaves all the same; after a crash now it would be drained once more.
    }
  }

  private async onExit(exit: InstanceExit): Promise<void> {
    const instance = this.instances.get(exit.id);
    if (instance === undefined || this.closed) return;
    await this.readOutput(exit.id);
    this.logs.finish(sourceOf(instance), this.options.clock.now());
    this.notePause(instance);
    this.instances.delete(exit.id);
    if (isLeaving(instance)) this.tell(instance, 'instance-stopped', exit.reason);
    else this.fail(instance, `${instance.everReady ? '' : 'before it was ready, it '}${exit.reason}`);
    await this.options.runtime.forget(exit.id);
    this.ended.get(exit.id)?.();
    this.ended.delete(exit.id);
    this.reconcile();
  }

  // ---- adopting

  private adopt(record: InstanceRecord): void {
    const instance = newInstance(record, this.planOf(record));
    instance.phase = this.file.state.leaving.includes(record.id)
      ? 'draining'
      : record.port === null
        ? 'starting'
        : 'routed';
    instance.reason = 'adopted, not probed yet';
    this.instances.set(record.id, instance);
    this.tell(instance, 'instance-adopted', `adopted (pid ${record.pid})`);
    void this.watchAdopted(instance);
  }

  private async watchAdopted(instance: Instance): Promise<void> {
    if (isLeaving(instance)) return;
    if (instance.record.port !== null) {
      instance.phase = 'starting';
      const own = await this.options.runtime.listening(instance.record.id);
      if (own.state === 'own') instance.phase = 'routed';
    }
    await this.watchStart(instance);
  }

  private planOf(record: InstanceRecord): InstancePlan {
    const sets = this.file.state.desired
      .filter((wish) => samePlace(wish, record))
      .flatMap((wish) => wish.sets);
    const same = sets.filter((set) => set.service === record.service);
    return (same.find((set) => set.rollout === record.rollout) ?? same[0])?.plan ?? planForStrays(record);
  }

  // ---- the gateway

  private pushTable(): Promise<unknown> {
    const { desired, internalPorts, tableVersion } = this.file.state;
    const instances = [...this.instances.values()];
    const content = { desired, instances, internalPorts, pages: this.options.pages };
    const text = JSON.stringify(trafficTable({ ...content, version: 0 }));
    if (text === this.lastTable) return this.applied;
    this.lastTable = text;
    this.file.state.tableVersion = Math.max(tableVersion + 1, this.options.clock.now());
    this.applied = this.options.traffic
      .apply(trafficTable({ ...content, version: this.file.state.tableVersion }))
      .then(({ problems }) => {
        for (const problem of problems) this.tellProblem(problem.service, problem.message);
      });
    this.applied.catch(() => {});
    return this.applied;
  }

  private onTraffic(event: TrafficEvent | { type: 'connected' } | { type: 'lost' }): void {
    if (event.type === 'readiness') this.onReadiness(event);
    if (event.type === 'drained') this.drained.get(event.instance)?.();
    if (event.type === 'connected') void this.onConnected();
    if (event.type === 'lost') this.onLost();
  }

  private async onConnected(): Promise<void> {
    this.gatewayConnected = true;
    const status = await this.options.traffic.status();
    this.file.state.tableVersion = Math.max(this.file.state.tableVersion, status.version);
    this.lastTable = '';
    for (const { id, readiness, reason } of status.instances) {
      const instance = this.instances.get(id);
      if (instance !== undefined && instance.phase === 'routed')
        this.setReadiness(instance, readiness, reason);
    }
    this.wake();
  }

  private onLost(): void {
    if (!this.gatewayConnected) return;
    this.gatewayConnected = false;
    this.tellProblem('', 'the gateway is away');
    this.noteChange();
  }

  private onReadiness(event: Extract<TrafficEvent, { type: 'readiness' }>): void {
    const instance = this.instances.get(event.instance);
    if (instance === undefined || isLeaving(instance)) return;
    this.setReadiness(instance, event.readiness, event.reason);
  }

  private setReadiness(instance: Instance, readiness: Instance['readiness'], reason: string): void {
    const was = instance.readiness;
    if (readiness === 'unproven' && was === 'ready') return;
    instance.readiness = readiness;
    instance.reason = reason;
    if (readiness === 'ready' && was !== 'ready') this.becameReady(instance);
    if (readiness === 'unready' && was === 'ready') this.becameUnready(instance, reason);
    this.noteChange();
  }

  private becameReady(instance: Instance): void {
    const now = this.options.clock.now();
    const first = !instance.everReady;
    instance.everReady = true;
    instance.readySince = now;
    this.endPause(instance);
    const after = now - instance.record.startedAt;
    this.tell(instance, 'instance-ready', first ? `ready after ${after} ms` : 'ready again');
  }

  private becameUnready(instance: Instance, reason: string): void {
    this.notePause(instance);
    instance.readySince = null;
    this.tell(instance, 'instance-unready', reason);
  }

  /** From now on no instance of the service is ready: its requests wait. */
  private notePause(leaving: Instance): void {
    const key = keyOf(leaving.record, leaving.record.service);
    const others = [...this.instances.values()].filter(
      (other) =>
        other !== leaving &&
        !isLeaving(other) &&
        other.readiness === 'ready' &&
        keyOf(other.record, other.record.service) === key,
    );
    if (others.length === 0 && leaving.readiness === 'ready' && !this.pausedSince.has(key))
      this.pausedSince.set(key, this.options.clock.now());
  }

  private endPause(instance: Instance): void {
    const key = keyOf(instance.record, instance.record.service);
    const since = this.pausedSince.get(key);
    if (since === undefined) return;
    this.pausedSince.delete(key);
    const pauseMs = this.options.clock.now() - since;
    this.pauses.set(key, pauseMs);
    this.tell(instance, 'service-paused', `requests waited ${pauseMs} ms while no instance was ready`);
  }

  // ---- watching

  private async sample(): Promise<void> {
    const now = this.options.clock.now();
    for (const { id, memoryBytes, cpuMs } of await this.options.runtime.stats()) {
      const instance = this.instances.get(id);
      if (instance === undefined) continue;
      const last = instance.cpuSample;
      instance.memoryBytes = memoryBytes;
      instance.cpu = last === null ? null : (cpuMs - last.cpuMs) / Math.max(1, now - last.at);
      instance.cpuSample = { cpuMs, at: now };
    }
    if (this.gatewayConnected) await this.sampleTraffic();
    for (const id of this.instances.keys()) await this.readOutput(id);
  }

  private async sampleTraffic(): Promise<void> {
    const status = await this.options.traffic.status();
    this.traffic = status.services;
    this.requests = new Map(status.instances.map(({ id, requests }) => [id, requests]));
  }

  private async checkLiveness(): Promise<void> {
    const alive = [...this.instances.values()].filter(
      (instance) =>
        instance.everReady &&
        !isLeaving(instance) &&
        instance.plan.health.live !== null &&
        instance.plan.port,
    );
    await Promise.all(alive.map((instance) => this.checkOne(instance)));
  }

  private async checkOne(instance: Instance): Promise<void> {
    const { live, timeoutMs, failures } = instance.plan.health;
    const problem = await livenessProblem({
      host: HOST,
      port: instance.record.port!,
      path: live!,
      timeoutMs,
    });
    instance.liveFailures = problem === null ? 0 : instance.liveFailures + 1;
    if (instance.liveFailures < failures || isLeaving(instance) || !this.instances.has(instance.record.id))
      return;
    this.fail(instance, `is not alive any more: ${problem}`);
    await this.stop(instance);
  }

  private async readOutput(id: string): Promise<void> {
    const instance = this.instances.get(id);
    if (instance === undefined || this.reading.has(id)) return;
    this.reading.add(id);
    try {
      let chunks = await this.options.runtime.readOutput(id);
      while (chunks.length > 0) {
        for (const chunk of chunks) this.logs.append(sourceOf(instance), chunk, this.options.clock.now());
        chunks = await this.options.runtime.readOutput(id);
      }
    } finally {
      this.reading.delete(id);
    }
  }

  // ---- ports

  private async freePort(): Promise<number> {
    const taken = new Set([...this.instances.values()].map(({ record }) => record.port ?? 0));
    const port = await nextPort(INSTANCE_PORTS, this.nextInstancePort++, taken);
    this.nextInstancePort = port + 1;
    return port;
  }

  /** A lasting inside port for each service that can be called; one that has a port keeps it. */
  private async assignPorts(desired: DesiredSystem): Promise<void> {
    const ports = { ...this.file.state.internalPorts };
    for (const key of callableServices(desired))
      ports[key] ??= await nextPort(INTERNAL_PORTS, INTERNAL_PORTS.first, new Set(Object.values(ports)));
    this.file.update({ internalPorts: { ...this.file.state.internalPorts, ...ports } });
  }

  /** Failures of sets that nobody wants any more. */
  private forgetOldSets(): void {
    const wanted = new Set(
      this.file.state.desired.flatMap((wish) => wish.sets.map((set) => setKey(wish, set))),
    );
    for (const key of this.backoff.keys()) if (!wanted.has(key)) this.backoff.delete(key);
    for (const key of this.failures.keys()) if (!wanted.has(key)) this.failures.delete(key);
  }

  // ---- telling

  private tell(instance: Instance, type: string, message: string): void {
    const { system, environment, service, id, release } = instance.record;
    const at = this.options.clock.now();
    this.events.add({ at, type, system, environment, service, instance: id, release, message });
    this.logs.note(sourceOf(instance), message, at);
    this.noteChange();
  }

  private tellProblem(key: string, message: string): void {
    const [environment = '', system = '', service = ''] = key.split('/');
    const at = this.options.clock.now();
    this.events.add({
      at,
      type: 'gateway-problem',
      system,
      environment,
      service,
      instance: '',
      release: 0,
      message,
    });
  }

  private noteChange(): void {
    this.change += 1;
    for (const wake of this.changeWaiters) wake();
  }

  private every(ms: number, work: () => Promise<void>): void {
    let busy = false;
    this.timers.push(
      setInterval(() => {
        if (busy) return;
        busy = true;
        void work().finally(() => {
          busy = false;
        });
      }, ms),
    );
  }
}

function viewOf(instance: Instance) {
  const { id, system, environment, service, rollout, startedAt } = instance.record;
  const ready = instance.readiness === 'ready';
  return { id, system, environment, service, rollout, startedAt, ready, leaving: isLeaving(instance) };
}

function sourceOf({ record }: Instance) {
  const { system, environment, service, id, release } = record;
  return { system, environment, service, instance: id, release };
}

function samePlace(
  a: { system: string; environment: string },
  b: { system: string; environment: string },
): boolean {
  return a.system === b.system && a.environment === b.environment;
}

function notListening(port: number, others: number[]): string {
  if (others.length === 0) return `nothing listens on port ${port} (its PORT) yet`;
  return `it listens on port ${others.join(', ')}, but its PORT is ${port}: read PORT from the environment`;
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

function randomSuffix(): string {
  return Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** How to stop an instance whose service nobody describes any more. */
function planForStrays(record: InstanceRecord): InstancePlan {
  return {
    artifact: '/',
    command: [],
    env: {},
    port: record.port !== null,
    health: { ready: null, live: null, intervalMs: 2000, timeoutMs: 2000, failures: 3 },
    start: { deadlineMs: 30_000, stableMs: 0 },
    stop: { drainMs: 30_000, websocketsMs: 30_000, graceMs: 10_000 },
    hold: { timeoutMs: 30_000, max: 1000 },
    responseTimeoutMs: 60_000,
    limits: { memoryBytes: null, cpu: null, processes: null, diskBytes: null },
    volume: false,
    uses: {},
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function withDeadline(ms: number, work: Promise<unknown>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([...work, deadline]).finally(() => clearTimeout(timer));
}
