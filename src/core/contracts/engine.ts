import type { HostEngine, InstanceRole, OwnImage, Workspace } from './runtime.ts';
import type { SecretVersions } from './secrets.ts';

/** The port of the engines: what the control plane asks of whatever runs instances. Small, and the same for all. */

export interface EnginePlace {
  system: string;
  environment: string;
}

/** How one service of one release is run: resolved, with everything a host needs and no secret value. */
export interface InstancePlan {
  /** What runs it; left out: `process`. */
  engine?: HostEngine;
  /** Folder of the artifact, read-only, absolute. */
  artifact: string;
  /** Words; `${HOST}` and `${PORT}` are filled in at spawn. */
  command: string[];
  /** It is an image of its own; left out for files. */
  image?: OwnImage;
  /** References to secrets (`${secret.NAME}`) are still in it: they are filled in at spawn. */
  env: Record<string, string>;
  /** Which values those references mean; left out where there are none. */
  secrets?: SecretVersions;
  port: boolean;
  health: {
    ready: string | null;
    live: string | null;
    intervalMs: number;
    timeoutMs: number;
    failures: number;
  };
  start: { deadlineMs: number; stableMs: number };
  stop: { drainMs: number; websocketsMs: number; graceMs: number };
  hold: { timeoutMs: number; max: number };
  responseTimeoutMs: number;
  limits: {
    memoryBytes: number | null;
    cpu: number | null;
    processes: number | null;
    diskBytes: number | null;
  };
  volume: boolean;
  /** One instance on each machine, so many as there are; left out: as many as the set says. */
  spread?: 'every-node';
  /** A cluster chooses the number, from `min` on; `cpu`: cores that an instance should use on average. Left out: nobody does. */
  scaling?: { min: number; max: number; cpu: number };
  /** Services it calls, as `system/service`, by the variable that gets the address: `API_URL`. */
  uses: Record<string, string>;
  /** It is a step of a pipeline; left out for everything else. */
  workspace?: Workspace;
  /** Resources of its system that it needs, what stands before their variables (`''`, or `DB_`), and whether they are elsewhere. */
  resources: { resource: string; prefix: string; external?: boolean }[];
}

/** A resource that a system has in an environment. */
export interface DesiredResource {
  name: string;
  /** The kind that knows how it runs: `postgres`. */
  type: string;
  /** Address of one that exists elsewhere; it may hold a password: never shown. References to secrets are still in it. */
  external: string | null;
  /** Which values those references mean; left out where there are none. */
  secrets?: SecretVersions;
}

/** One run of a job: begun once, begun again where a crash left its end unknown. */
export interface JobRun {
  /** Unique for ever: `rollout-12-migrate`, `schedule-clean-1764150000000`. */
  id: string;
  system: string;
  environment: string;
  job: string;
  release: number;
  /** A run that takes longer is ended, and has failed, ms. */
  timeoutMs: number;
  plan: InstancePlan;
}

/** A number of equal instances: one service of one release, started by one rollout. */
export interface InstanceSet {
  service: string;
  release: number;
  /** The rollout that made it. A restart makes a new set of the same release. */
  rollout: number;
  count: number;
  plan: InstancePlan;
}

/** What should run of one system in one environment, whole. Applying it twice changes nothing. */
export interface DesiredSystem {
  system: string;
  environment: string;
  /** What its release runs on: its resources can be reached from there. Left out: `process`. */
  engine?: HostEngine;
  /** How many instances may start at once above the wanted number, where the engine itself rolls; left out: 1. */
  surge?: number;
  sets: InstanceSet[];
  resources: DesiredResource[];
  routes: { host: string; prefix: string; service: string }[];
}

/** What an engine holds as wished for one place, in short. */
export interface HeldWish {
  system: string;
  environment: string;
  /** Its `wishDigest`; null: it runs something there and does not know the wish any more. */
  digest: string | null;
}

/** Something that is not as it was applied: somebody else has changed it. */
export interface Stray {
  kind: 'changed' | 'added' | 'missing';
  /** The part of the system: a service, a resource, `routes`. */
  service: string;
  /** For people. */
  message: string;
}

/** A release that was brought to a place, for whoever looks there without Escale. */
export interface ReleaseRecord {
  release: number;
  /** Null: it was made of files that were not committed. */
  commit: string | null;
  /** ms since 1970: when it was made; when its newest rollout there began, and ended (null: it goes on). */
  madeAt: number;
  beganAt: number;
  endedAt: number | null;
  /** What became of it: `promoted`, `rolled-back` … */
  verdict: string;
  /** Why, for people. */
  reason: string;
  /** By service or job: digest of its artifact, and the first word of its command. */
  programs: Record<string, { artifact: string; program: string }>;
}

export type InstanceState =
  /** Recorded, being spawned, or waiting for its back-off to end. */
  | 'pending'
  /** Runs; not ready yet. */
  | 'starting'
  | 'ready'
  /** Was ready, and is not now. */
  | 'unready'
  /** Takes no new requests; finishes what it has. */
  | 'draining'
  /** Got SIGTERM. */
  | 'stopping';

export interface ObservedInstance {
  id: string;
  system: string;
  environment: string;
  /** Name of the service, resource or job. */
  service: string;
  role: InstanceRole;
  release: number;
  rollout: number;
  state: InstanceState;
  /** Why it is not ready, for people; empty when ready. */
  reason: string;
  pid: number | null;
  port: number | null;
  /** ms since 1970. */
  startedAt: number;
  memoryBytes: number | null;
  /** Share of one core over the last sample, 0.5 for half a core. */
  cpu: number | null;
  requests: number;
}

/** How starting a set went so far: what a rollout decides by. */
export interface ObservedSet {
  system: string;
  environment: string;
  service: string;
  rollout: number;
  /** Instances that started and ended again since the set was made, or were not ready in time. */
  failures: number;
  /** The newest failure, for people, and which instance it was. */
  lastFailure: { instance: string; reason: string; at: number } | null;
  /** Milliseconds until the next try while it backs off; null when it does not. */
  backoffMs: number | null;
  /** A resource that must answer before it is started, and why that does not, for people; null: none. */
  waitsFor: string | null;
  /** How long all of the set may take to become ready, ms; left out: as long as its plan gives one instance. */
  patienceMs?: number;
}

export interface ObservedService {
  system: string;
  environment: string;
  service: string;
  /** `http://127.0.0.1:<port>`: the lasting inside address; null for a worker. */
  internalUrl: string | null;
  /** Where it is reached from outside, where the engine gives it a place of its own; left out: by its routes. */
  outsideUrl?: string;
  held: number;
  requests: number;
  errors: number;
  /** For how long requests had no ready instance at the last replacement of a single one (point 10), ms. */
  lastPauseMs: number | null;
}

export type ResourceState =
  /** Being made, or started, or recovering. */
  | 'starting'
  | 'ready'
  /** It should answer, and does not. */
  | 'unready'
  | 'stopping';

export interface ObservedResource {
  system: string;
  environment: string;
  name: string;
  type: string;
  external: boolean;
  state: ResourceState;
  /** Why it does not answer, for people; empty when it does. */
  reason: string;
  /** Its instance, or the one that failed last; null for one that exists elsewhere. */
  instance: string | null;
  pid: number | null;
  port: number | null;
  /** Its folder; null for one that exists elsewhere. */
  folder: string | null;
  sizeBytes: number | null;
  memoryBytes: number | null;
  cpu: number | null;
  /** ms since 1970; null while it does not run. */
  startedAt: number | null;
  /** How often it ended unasked, or could not be started, since it was last asked for. */
  failures: number;
}

export interface ObservedRun {
  id: string;
  system: string;
  environment: string;
  job: string;
  release: number;
  /** `waiting`: for a resource that it needs, or to be started. */
  state: 'waiting' | 'running' | 'succeeded' | 'failed';
  /** Why it waits or how it ended, for people. */
  reason: string;
  /** Its newest instance. */
  instance: string | null;
  exitCode: number | null;
  /** ms since 1970; null: not yet. */
  startedAt: number | null;
  endedAt: number | null;
}

export interface Observation {
  instances: ObservedInstance[];
  resources: ObservedResource[];
  runs: ObservedRun[];
  sets: ObservedSet[];
  services: ObservedService[];
  /** What this host can enforce, said aloud: `memory: cgroup`, `user: another user for each system`. */
  capabilities: Record<string, string>;
  /** `problem`: why it can't be started, for people (`port 8080 is held by nginx (pid 4711)`). */
  gateway: { connected: boolean; pid: number | null; problem: string | null };
}

export interface EngineEvent {
  /** ms since 1970. */
  at: number;
  /** Machine word: `instance-ready`, `instance-exited`, `gateway-lost` … */
  type: string;
  system: string;
  environment: string;
  service: string;
  instance: string;
  release: number;
  message: string;
}

/** An event as an engine tells it. */
export interface ToldEvent extends EngineEvent {
  /** One life of the engine. */
  origin: string;
  /** Counts in it. */
  sequence: number;
  /** The target that it is of; left out: this host. */
  target?: string;
}

export interface LogLine {
  /** ms since 1970, when the supervisor read it. */
  at: number;
  service: string;
  instance: string;
  release: number;
  stream: 'out' | 'err' | 'escale';
  text: string;
}

export interface LogQuery {
  system: string;
  environment: string;
  service?: string;
  instance?: string;
  /** Only the last so many lines. */
  tail?: number;
  follow?: boolean;
}

export interface Engine {
  /** Resolves once the wish is recorded durably; reaching it is seen by `observe`. */
  apply(desired: DesiredSystem): Promise<void>;
  /** Of everything; with a place that of its host alone, which throws where that is away. */
  observe(of?: EnginePlace): Promise<Observation>;
  /** Has a job run. Resolves once that is recorded durably; its end is seen by `observe`. Asking twice changes nothing. */
  run(run: JobRun): Promise<void>;
  /** Ends a run that still goes on, and forgets it. Its place is left out for a step of a pipeline. */
  forgetRun(id: string, of?: EnginePlace): Promise<void>;
  /**
   * Stops a resource cleanly and keeps it stopped until it is let go, or for `RESOURCE_HOLD_MS` unless it is asked for
   * again: whoever asked may be killed. Resolves when it has stopped.
   */
  holdResource(place: { system: string; environment: string }, name: string): Promise<void>;
  /** It is started again where it is desired. */
  letGoResource(place: { system: string; environment: string }, name: string): Promise<void>;
  /** The wishes it holds, so that whoever made them sees whether they are still the same. */
  wishes(): Promise<HeldWish[]>;
  /**
   * What others have changed of what was applied at a place; left out where nobody else can. Where it is to be set right it is
   * no more among the wishes that are held.
   */
  strayed?(of: EnginePlace): Promise<Stray[]>;
  /** Keeps these releases of a place, and no others, where people find them without Escale; left out where nobody looks. */
  recordReleases?(of: EnginePlace, records: ReleaseRecord[]): Promise<void>;
  /** Stops every instance of it, drained, and forgets it. Resolves when nothing is left. */
  remove(system: string, environment: string): Promise<void>;
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  /** Throws away what was logged of a place. */
  forgetLogs(system: string, environment: string): Promise<void>;
  /** Throws away what services of a place kept, as far as that is with the engine. Nothing of it runs any more. */
  forgetVolumes(system: string, environment: string): Promise<void>;
  /** Says which artifacts (by digest) are still needed: what was made of others may go. */
  tidy(artifacts: string[]): Promise<void>;
  exec(request: ExecRequest): Promise<ExecSession>;
  /**
   * One connection to an instance, where nothing else leads there from outside: what is written goes there, what comes is its
   * output, and an exit with 0 is its end. Left out where instances are reached anyway.
   */
  forward?(instance: string): Promise<ExecSession>;
  /** Sends SIGKILL to one instance; the engine then replaces it. */
  kill(instance: string): Promise<void>;
  /** Resolves at the next change after `seen`, with its number; or after `timeoutMs` with the same one. */
  changed(seen: number, timeoutMs: number): Promise<number>;
  /** The last events it still has, then those to come. `origin` names one life of the engine, `sequence` counts in it. */
  events(signal: AbortSignal): AsyncIterable<ToldEvent>;
}

export interface ExecRequest {
  instance: string;
  command: string[];
}

export interface ExecSession {
  write(chunk: Uint8Array): void;
  end(): void;
  output: AsyncIterable<{ stream: 'out' | 'err'; chunk: Uint8Array } | { exit: number }>;
  close(): void;
}
