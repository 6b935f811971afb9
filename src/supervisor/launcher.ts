import { randomInt } from 'node:crypto';
import path from 'node:path';
import type {
  Clock,
  InstancePlan,
  InstanceRecord,
  JobRun,
  Listening,
  Runtime,
  SecretReader,
  StartRequest,
} from '../core/contracts/index.ts';
import { fillCommand, fillSecrets } from '../core/manifest/index.ts';
import { type Instance, isLeaving, newInstance } from './instance.ts';
import type { News } from './news.ts';
import type { PortBook } from './port-book.ts';
import type { KeptSet } from './resource-plan.ts';
import type { Resources } from './resources.ts';
import { hostFor, listenHost, namesFor } from './surroundings.ts';
import { keyOf } from './table.ts';
import { pause } from './waiting.ts';

export interface Place {
  system: string;
  environment: string;
}

export interface LauncherParts {
  runtime: Runtime;
  instances: Map<string, Instance>;
  ports: PortBook;
  resources: Resources;
  news: News;
  clock: Clock;
  volumes: string;
  secrets: SecretReader;
  /** Lasting inside port of a service. */
  internalPort: (key: string) => number | undefined;
  /** The port that a resource (`environment/system/name`) is started on. */
  resourcePort: (key: string) => Promise<number>;
  /** Its own socket listens: the gateway may probe it. */
  route: (instance: Instance) => void;
  /** A worker has lived long enough. */
  ready: (instance: Instance) => void;
  /** One that was to be started is not there: whoever waits for its end goes on. */
  gone: (id: string) => void;
  /** It could not be started: it is not there. */
  failed: (instance: Instance, reason: string) => void;
  /** It was not ready in time: it is there and has to go. */
  giveUp: (instance: Instance, reason: string) => void;
}

/** How often a starting instance is asked whether it listens, ms. */
const LISTEN_POLL_MS = 25;

/** Starts instances and watches them until they are ready or have failed. */
export class Launcher {
  private readonly parts: LauncherParts;

  constructor(parts: LauncherParts) {
    this.parts = parts;
  }

  /** One more instance of a set, watched until it is ready or has failed. */
  async launch(place: Place, set: KeptSet): Promise<void> {
    const { role, service, release, rollout, plan } = set;
    const instance = this.newInstance({ ...place, service, role, run: null, release, rollout }, plan);
    try {
      await this.begin(instance);
    } catch (error) {
      return this.parts.failed(instance, error instanceof Error ? error.message : String(error));
    }
    await this.watch(instance);
  }

  /** The instance of a run. Rejects where it can't be started. */
  async launchRun(run: JobRun): Promise<Instance> {
    const { system, environment, job, release, id } = run;
    const whose = { system, environment, service: job, role: 'job', run: id, release, rollout: 0 } as const;
    const instance = this.newInstance(whose, run.plan);
    await this.begin(instance);
    return instance;
  }

  private newInstance(whose: Whose, plan: InstancePlan): Instance {
    const instance = newInstance(newRecord(whose, this.parts.clock.now()), plan);
    this.parts.instances.set(instance.record.id, instance);
    return instance;
  }

  private async begin(instance: Instance): Promise<void> {
    const { instances, runtime, news } = this.parts;
    try {
      instance.record.port = await this.portFor(instance);
      const request = await this.startRequest(instance);
      // Making a data folder takes its time, and a signal reaches only what is there.
      if (isLeaving(instance)) throw new Error('it was told to go before it was started');
      instance.record = await runtime.start(request);
    } catch (error) {
      instances.delete(instance.record.id);
      this.parts.gone(instance.record.id);
      throw error;
    }
    news.tell(instance, 'instance-started', `started (pid ${instance.record.pid})`);
    if (isLeaving(instance)) runtime.signal(instance.record.id, 'stop');
  }

  private async portFor({ record, plan }: Instance): Promise<number | null> {
    if (record.role === 'resource') return this.parts.resourcePort(keyOf(record, record.service));
    if (!plan.port) return null;
    return plan.image?.port ?? this.parts.ports.forInstance();
  }

  /** Until it is ready, ends, or has had its time, which begins at `since`. */
  async watch(instance: Instance, since = instance.record.startedAt): Promise<void> {
    const { clock, news, resources } = this.parts;
    if (instance.record.role === 'resource')
      return resources.askNow(keyOf(instance.record, instance.record.service));
    const deadline = since + instance.plan.start.deadlineMs;
    if (instance.record.port !== null) await this.awaitOwnSocket(instance, deadline);
    else await this.awaitStable(instance);
    while (this.isStarting(instance) && clock.now() < deadline)
      await news.next(Math.max(1, deadline - clock.now()));
    if (!this.isStarting(instance)) return;
    const seconds = instance.plan.start.deadlineMs / 1000;
    this.parts.giveUp(instance, `was not ready within ${seconds} s: ${instance.reason}`);
  }

  /** It gets traffic only when the socket that listens on its port is its own. */
  private async awaitOwnSocket(instance: Instance, deadline: number): Promise<void> {
    while (this.isStarting(instance) && this.parts.clock.now() < deadline) {
      const listening = await this.parts.runtime.listening(instance.record.id);
      if (!this.isStarting(instance)) return;
      if (listening.state === 'own') return this.parts.route(instance);
      instance.reason = whyNot(instance, listening);
      await pause(LISTEN_POLL_MS);
    }
  }

  private async awaitStable(instance: Instance): Promise<void> {
    await pause(instance.plan.start.stableMs);
    if (this.isStarting(instance)) this.parts.ready(instance);
  }

  private isStarting(instance: Instance): boolean {
    return (
      this.parts.instances.get(instance.record.id) === instance && !instance.everReady && !isLeaving(instance)
    );
  }

  private startRequest(instance: Instance): StartRequest | Promise<StartRequest> {
    return instance.record.role === 'resource'
      ? this.resourceRequest(instance)
      : this.programRequest(instance);
  }

  private async resourceRequest({ record, plan }: Instance): Promise<StartRequest> {
    const launch = await this.parts.resources.launch(record, record.service);
    const { command, env, dataFolder, stopSignal, graceMs, refusesRoot, mustReach } = launch;
    plan.stop.graceMs = graceMs;
    const program = { artifact: dataFolder, command, env, dataFolder, stopSignal, refusesRoot, mustReach };
    return { ...identityOf(record), ...program, limits: plan.limits };
  }

  private programRequest({ record, plan }: Instance): StartRequest {
    const address = record.port === null ? null : { host: listenHost(plan.engine), port: record.port };
    return {
      ...identityOf(record),
      ...(plan.engine && { engine: plan.engine, names: namesFor(record, plan) }),
      artifact: plan.artifact,
      command: address === null ? plan.command : fillCommand(plan.command, address),
      env: this.environmentOf(record, plan),
      ...(plan.image && { image: plan.image }),
      ...(plan.workspace && { workspace: plan.workspace }),
      dataFolder: plan.volume ? this.dataFolder(record) : null,
      limits: plan.limits,
      stopSignal: 'SIGTERM',
      refusesRoot: false,
      mustReach: [],
    };
  }

  private environmentOf(record: InstanceRecord, plan: InstancePlan): Record<string, string> {
    const bindings = Object.entries(plan.uses).map(([name, use]) => {
      const port = this.parts.internalPort(`${record.environment}/${use}`);
      return [name, `http://${hostFor(record, use, plan.engine)}:${port}`];
    });
    return {
      ...this.ownVariables(record, plan),
      ...Object.fromEntries(bindings),
      ...this.parts.resources.bindings(record, plan),
      ...(record.port === null ? {} : { HOST: listenHost(plan.engine), PORT: String(record.port) }),
      ...(plan.volume ? { DATA_DIR: this.dataFolder(record) } : {}),
      ESCALE_SYSTEM: record.system,
      ESCALE_ENVIRONMENT: record.environment,
      ESCALE_SERVICE: record.service,
      ESCALE_RELEASE: String(record.release),
    };
  }

  /** What the file sets, with its secrets: from here on in memory, then in the environment of the instance only. */
  private ownVariables(record: InstanceRecord, { env, secrets }: InstancePlan): Record<string, string> {
    const lookUp = (name: string) => this.parts.secrets.value(record, name, secrets?.[name]);
    return Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fillSecrets(text, lookUp)]));
  }

  private dataFolder(record: InstanceRecord): string {
    return path.join(this.parts.volumes, record.environment, record.system, record.service);
  }
}

type Whose = Omit<InstanceRecord, 'id' | 'port' | 'startedAt' | 'pid'>;

function newRecord(whose: Whose, startedAt: number): InstanceRecord {
  const { system, environment, service } = whose;
  const prefix = environment === 'local' ? '' : `${environment}-`;
  const id = `${prefix}${system}-${service}-${randomSuffix()}`;
  return { id, ...whose, port: null, startedAt, pid: null };
}

function identityOf({ pid: _, startedAt: __, ...identity }: InstanceRecord) {
  return identity;
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

function randomSuffix(): string {
  return Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

function whyNot({ record, plan }: Instance, listening: Exclude<Listening, { state: 'own' }>): string {
  const port = record.port!;
  if (listening.state === 'foreign') return `port ${port} is held by ${listening.holder}`;
  if (listening.state === 'unreachable') return listening.reason;
  return notListening(port, listening.otherPorts, plan.image !== undefined);
}

function notListening(port: number, others: number[], isImage: boolean): string {
  if (others.length === 0) return `nothing listens on port ${port} (its PORT) yet`;
  if (isImage)
    return `it listens on port ${others.join(', ')}, not on ${port}: write port: ${others[0]} in the file`;
  return `it listens on port ${others.join(', ')}, but its PORT is ${port}: read PORT from the environment`;
}
