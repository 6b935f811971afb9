/** The port below the supervisor: start, recognise, watch and stop single instances on this host. */

/**
 * What a step of a pipeline has instead of an artifact: a tree that it may change. It is fenced more narrowly than
 * what was released: its user is its run's alone, it is the last to get processor time, and nothing of it stays.
 */
export interface Workspace {
  /** Top of the tree, absolute: given to its user once, and part of what its disk limit counts. */
  folder: string;
  /** Folders searched first for programs, absolute. */
  programs: string[];
}

/** An image that is started as it is: its artifact holds it, and no files that Escale makes an image of. */
export interface OwnImage {
  /** Port that it listens on, whatever `PORT` says; null: it reads that. */
  port: number | null;
  /** Absolute folder in it that it keeps over restarts; null: none. */
  volume: string | null;
}

/** What an instance is one of. */
export type InstanceRole = 'service' | 'resource' | 'job';

/** What runs instances on this host: child processes, or containers of Docker. */
export type HostEngine = 'process' | 'docker';

export interface StartRequest {
  /** Left out: `process`. */
  engine?: HostEngine;
  /** Unique on this host and for ever: `hello-web-k3x9qa`. */
  id: string;
  system: string;
  environment: string;
  /** Name of the service, resource or job. */
  service: string;
  role: InstanceRole;
  /** The run of a job; null for the others. */
  run: string | null;
  release: number;
  rollout: number;
  /** Folder it is started in, absolute. */
  artifact: string;
  /** Words, placeholders filled in; of an image of its own those behind its entrypoint, none: as it says itself. */
  command: string[];
  /** Left out: files, which its engine starts in its own way. */
  image?: OwnImage;
  /** It is a step of a pipeline; left out for everything else. */
  workspace?: Workspace;
  /** All of its environment besides what the runtime adds (`PATH`, `HOME`, `TMPDIR`, `ESCALE_INSTANCE`). */
  env: Record<string, string>;
  port: number | null;
  /** Names of services and resources that lead it to this host, where its engine gives it names. */
  names?: string[];
  /** Folder it keeps over restarts, absolute; null when it has none. */
  dataFolder: string | null;
  limits: {
    memoryBytes: number | null;
    cpu: number | null;
    processes: number | null;
    diskBytes: number | null;
  };
  /** What asks it to end. */
  stopSignal: 'SIGTERM' | 'SIGINT';
  /** It refuses to run as root: it gets a user of its own, or at least a user namespace. */
  refusesRoot: boolean;
  /** Files and folders beside its artifact that another user must be able to read to run it. */
  mustReach: string[];
}

/** What the runtime knows of an instance for ever after: written down before it is spawned. */
export interface InstanceRecord {
  id: string;
  system: string;
  environment: string;
  service: string;
  role: InstanceRole;
  run: string | null;
  release: number;
  rollout: number;
  port: number | null;
  /** Where this host reaches it; left out: 127.0.0.1. */
  host?: string;
  /** ms since 1970. */
  startedAt: number;
  pid: number | null;
}

/** A network of its own that an engine has for an environment, as this host sees it. */
export interface EnvironmentNetwork {
  environment: string;
  /** This host's address on it. */
  host: string;
  /** What its instances' addresses begin with: `172.18.0.0/16`. */
  subnet: string;
}

export interface InstanceExit {
  id: string;
  /** null when a signal ended it, or when it was adopted and nobody could see. */
  code: number | null;
  signal: string | null;
  /** For people: `exited with code 1`, `was ended by SIGKILL`, `went over its memory limit of 128 MB`. */
  reason: string;
  /** Somebody else sent SIGKILL, which says nothing against the instance. */
  killed: boolean;
}

export type Listening =
  /** Its own socket listens on its port. */
  | { state: 'own' }
  | { state: 'none'; otherPorts: number[] }
  /** Its own socket listens where nobody but itself can reach it. */
  | { state: 'unreachable'; reason: string }
  /** Another process holds the port. */
  | { state: 'foreign'; holder: string };

export interface InstanceStats {
  id: string;
  memoryBytes: number;
  /** CPU time used since it started, ms. */
  cpuMs: number;
}

/** What decides what an instance is started from. */
export type Preparation = Pick<
  StartRequest,
  'engine' | 'system' | 'service' | 'artifact' | 'command' | 'image'
>;

export interface Runtime {
  /** Finds what still runs of earlier lives of this supervisor, once, at start; clears what is dead. */
  recover(): Promise<InstanceRecord[]>;
  /** Called with an instance of an earlier life that could only be found after `recover`: its engine was away. */
  onFound(listener: (record: InstanceRecord) => void): void;
  /**
   * Makes the network that instances of an environment share, where the engine has such networks; null where they are
   * on this host's own. Rejects with `EscaleError` when it can't be made.
   */
  join(environment: string, engine: HostEngine): Promise<EnvironmentNetwork | null>;
  /** The networks that are there now. */
  networks(): EnvironmentNetwork[];
  /** Called when a network has come to be, or is back. */
  onNetwork(listener: () => void): void;
  /**
   * Takes away what it made beside instances and what nobody needs any more: networks of environments that are not
   * among those given, images of artifacts (by digest) that are not. Null: nothing is said of them.
   */
  tidy(needed: { environments: string[] | null; artifacts: string[] | null }): Promise<void>;
  /** Throws away what the instances of a system in an environment kept in folders that are the engine's own. */
  forgetVolumes(place: { system: string; environment: string }): Promise<void>;
  /** Makes what instances of a plan are started from, where that takes its time: an image. Done already: at once. */
  prepare(what: Preparation): Promise<void>;
  /** Resolves when the process exists. Rejects with `EscaleError` when it can't be started. */
  start(request: StartRequest): Promise<InstanceRecord>;
  /** `stop`: its stop signal, to its main process. `kill`: SIGKILL, to every process it made. */
  signal(id: string, signal: 'stop' | 'kill'): void;
  listening(id: string): Promise<Listening>;
  stats(): Promise<InstanceStats[]>;
  /** Forgets an instance that has ended: its record and its temporary folder. */
  forget(id: string): Promise<void>;
  /** Called once for each instance when its main process is gone. */
  onExit(listener: (exit: InstanceExit) => void): void;
  /** What can be enforced here, for people. */
  capabilities(): Record<string, string>;
  /** A command beside an instance: its folder, environment, user and limits. */
  exec(id: string, command: string[]): ExecProcess;
  /** New output since the last call, by instance and stream; the runtime rotates what was read. */
  readOutput(id: string): Promise<OutputChunk[]>;
  /** Called when an instance has written something. */
  onOutput(listener: (id: string) => void): void;
}

export interface OutputChunk {
  stream: 'out' | 'err';
  bytes: Uint8Array;
  /** Bytes that were skipped before these because they came faster than they may be kept. */
  lostBytes: number;
}

export interface ExecEnd {
  /** As shells say it: 127 when there is no such program, 126 when it may not be run. */
  code: number;
  /** Why it could not be started, for people; null when it ran. */
  problem: string | null;
}

export interface ExecProcess {
  stdin: NodeJS.WritableStream;
  stdout: NodeJS.ReadableStream;
  stderr: NodeJS.ReadableStream;
  /** Resolves when it has ended and all of its output was given. */
  exit: Promise<ExecEnd>;
  kill(): void;
}
