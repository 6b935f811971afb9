import { randomInt } from 'node:crypto';
import path from 'node:path';
import type {
  Clock,
  InstancePlan,
  InstanceRecord,
  InstanceSet,
  Runtime,
  StartRequest,
} from '../core/contracts/index.ts';
import { fillCommand } from '../core/manifest/index.ts';
import { type Instance, isLeaving, newInstance } from './instance.ts';
import type { News } from './news.ts';
import type { PortBook } from './port-book.ts';
import { HOST } from './table.ts';
import { pause } from './waiting.ts';

export interface Place {
  system: string;
  environment: string;
}

export interface LauncherParts {
  runtime: Runtime;
  instances: Map<string, Instance>;
  ports: PortBook;
  news: News;
  clock: Clock;
  volumes: string;
  /** Lasting inside port of a service. */
  internalPort: (key: string) => number | undefined;
  /** Its own socket listens: the gateway may probe it. */
  route: (instance: Instance) => void;
  /** A worker has lived long enough. */
  ready: (instance: Instance) => void;
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

  async launch(place: Place, set: InstanceSet): Promise<void> {
    const { instances, ports, runtime, clock } = this.parts;
    const instance = newInstance(newRecord(place, set, clock.now()), set.plan);
    instances.set(instance.record.id, instance);
    try {
      if (set.plan.port) instance.record.port = await ports.forInstance();
      instance.record = await runtime.start(this.startRequest(instance));
    } catch (error) {
      instances.delete(instance.record.id);
      return this.parts.failed(instance, error instanceof Error ? error.message : String(error));
    }
    this.parts.news.tell(instance, 'instance-started', `started (pid ${instance.record.pid})`);
    await this.watch(instance);
  }

  /** Until it is ready, ends, or has had its time, which begins at `since`. */
  async watch(instance: Instance, since = instance.record.startedAt): Promise<void> {
    const { clock, news } = this.parts;
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
      instance.reason =
        listening.state === 'foreign'
          ? `port ${instance.record.port} is held by ${listening.holder}`
          : notListening(instance.record.port!, listening.otherPorts);
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

  private startRequest({ record, plan }: Instance): StartRequest {
    const { pid: _, startedAt: __, ...identity } = record;
    const address = record.port === null ? null : { host: HOST, port: record.port };
    return {
      ...identity,
      artifact: plan.artifact,
      command: address === null ? plan.command : fillCommand(plan.command, address),
      env: this.environmentOf(record, plan),
      dataFolder: plan.volume ? this.dataFolder(record) : null,
      limits: plan.limits,
    };
  }

  private environmentOf(record: InstanceRecord, plan: InstancePlan): Record<string, string> {
    const bindings = Object.entries(plan.uses).map(([name, use]) => {
      return [name, `http://${HOST}:${this.parts.internalPort(`${record.environment}/${use}`)}`];
    });
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

  private dataFolder(record: InstanceRecord): string {
    return path.join(this.parts.volumes, record.environment, record.system, record.service);
  }
}

function newRecord({ system, environment }: Place, set: InstanceSet, startedAt: number): InstanceRecord {
  const prefix = environment === 'local' ? '' : `${environment}-`;
  const id = `${prefix}${system}-${set.service}-${randomSuffix()}`;
  const { service, release, rollout } = set;
  return { id, system, environment, service, release, rollout, port: null, startedAt, pid: null };
}

const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

function randomSuffix(): string {
  return Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

function notListening(port: number, others: number[]): string {
  if (others.length === 0) return `nothing listens on port ${port} (its PORT) yet`;
  return `it listens on port ${others.join(', ')}, but its PORT is ${port}: read PORT from the environment`;
}
