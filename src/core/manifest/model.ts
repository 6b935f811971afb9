import type { Role } from '../access/index.ts';
import type { HostEngine } from '../contracts/index.ts';
import type { ErrorCode } from '../errors/index.ts';
import type { ResourceType } from './resource-types.ts';

/**
 * A system as the file describes it, after validation and after resolution for one environment: durations are
 * milliseconds, sizes are bytes, commands are words, defaults are filled in. Everything behind the file reads this.
 */

export interface ResolvedSystem {
  name: string;
  environment: string;
  /** What its instances are here. */
  engine: HostEngine;
  /** The host elsewhere that it runs on; null: the control plane's own. */
  target: string | null;
  services: Record<string, ResolvedService>;
  jobs: Record<string, ResolvedJob>;
  resources: Record<string, ResolvedResource>;
  routes: ResolvedRoute[];
  rollout: ResolvedRollout;
}

export interface ResolvedService {
  name: string;
  /** Folder of its files, relative to the system's file, `/`-separated, without a trailing slash; `.` for the folder itself. */
  source: string;
  /** Words of the command line, never given to a shell; `${HOST}` and `${PORT}` are still in them (`fillCommand`). Empty when `static` is set, or where a container starts by itself. */
  command: string[];
  /** It is a container image, not a command over its files; null: it is not. */
  container: ResolvedContainer | null;
  /** Served as files by Escale's own static server; `spa`: unknown paths answer `index.html`. */
  static: { spa: boolean } | null;
  /** It listens on `HOST:PORT` from its environment and can be called; true for static ones. Without it: a worker. */
  port: boolean;
  /** With `scaling` the fewest. */
  replicas: number;
  /** A cluster chooses the number; `cpu`: share of `limits.cpu`, or of one core. Null: nobody does. */
  scaling: Scaling | null;
  /** What it needs: services of this system (`api`) or another one (`images/api`), resources of this one (`db`). */
  uses: string[];
  env: Record<string, string>;
  health: {
    /** Path of a GET that answers 2xx when it can take traffic; null: not declared. */
    ready: string | null;
    /** Path of a GET that answers 2xx while it is alive; null: only its exit counts. */
    live: string | null;
    intervalMs: number;
    timeoutMs: number;
    failures: number;
  };
  start: {
    /** An instance that is not ready after this has failed, ms. */
    deadlineMs: number;
    /** Without a ready path: how long TCP must have been possible (worker: the process alive), ms. */
    stableMs: number;
  };
  stop: {
    /** Longest wait for requests in flight, ms. */
    drainMs: number;
    /** Longest wait for WebSockets, ms. */
    websocketsMs: number;
    /** From SIGTERM to SIGKILL, ms. */
    graceMs: number;
  };
  /** How long (ms) and how many requests may wait while no instance is ready. */
  hold: { timeoutMs: number; max: number };
  /** An answer must begin within this, ms. */
  responseTimeoutMs: number;
  limits: ResolvedLimits;
  /** It keeps a folder of its own (`DATA_DIR`) over restarts; it then has exactly one instance. */
  volume: boolean;
  /** `every-node`: one instance on each machine, so many as there are; null: as many as `replicas` says, apart from each other. */
  spread: 'every-node' | null;
}

export interface Scaling {
  min: number;
  max: number;
  cpu: number;
}

/** An image of a registry, or what a Dockerfile makes: one of the two. */
export interface ResolvedContainer {
  /** As it is written; in a release with its digest. */
  image: string | null;
  /** Below `source`, `/`-separated. */
  dockerfile: string | null;
  /** Port that it listens on whatever `PORT` says; null: it reads that, or takes no calls. */
  port: number | null;
  /** Absolute folder in the container that it keeps; null: none. */
  volume: string | null;
}

export interface ResolvedLimits {
  memoryBytes: number | null;
  /** Cores, for example 0.5. */
  cpu: number | null;
  processes: number | null;
  /** Largest size of its private temporary folder, bytes. */
  diskBytes: number | null;
}

/** What runs to its end. Names of services, jobs and resources of a system are all different. */
export interface ResolvedJob {
  name: string;
  /** As of a service. */
  source: string;
  command: string[];
  container: ResolvedContainer | null;
  uses: string[];
  env: Record<string, string>;
  /** It runs in each deploy, before the services start. */
  beforeDeploy: boolean;
  /** Null: only before deploys. */
  schedule: { cron: string; timeZone: string; overlap: boolean } | null;
  /** A run that takes longer is ended and has failed, ms. */
  timeoutMs: number;
  limits: ResolvedLimits;
}

export interface ResolvedResource {
  name: string;
  type: ResourceType;
  /** Address of one that exists elsewhere; it may hold a password: never shown. Null: Escale runs it. */
  external: string | null;
}

export interface ResolvedRoute {
  /** Lower case, no port. */
  host: string;
  /** `/` or `/api`, never with a trailing slash otherwise. */
  prefix: string;
  service: string;
}

export interface ResolvedRollout {
  strategy: 'rolling';
  /** How many instances may start at once above the wanted number. */
  surge: number;
}

/** What a commit must pass on its way to a release. The same for all environments. */
export interface ResolvedPipeline {
  /** In an order in which each comes after those that it needs; `build` last, where there is one. */
  steps: ResolvedStep[];
  /** Whether the standard checks of quality run, which only report. */
  standardQuality: boolean;
}

export interface ResolvedStep {
  name: string;
  /** As of a service. */
  source: string;
  command: string[];
  needs: string[];
  /** Resources: each step that needs some gets empty ones of its own. */
  uses: string[];
  env: Record<string, string>;
  /** Patterns of files with results, below `source`. */
  results: string[];
  /** Below `source`. */
  artifacts: string[];
  cache: string[];
  timeoutMs: number;
  limits: ResolvedLimits;
}

/** How releases come to an environment. */
export interface ResolvedDelivery {
  environment: string;
  /** `main`, or a pattern such as `release/*`; null: no push is delivered here. */
  branch: string | null;
  /** Releases come only from there; null: from anywhere. */
  promoteFrom: string | null;
  /** Who must agree first; null: nobody. */
  approve: Role | null;
  drift: 'show' | 'repair';
}

/** One thing that is wrong in a file. All of them are told at once. */
export interface Mistake {
  /** Permanent word, for example `unknown-key`; the catalogue in `core/errors` explains each. */
  code: ErrorCode;
  /** `services.web.replicas`; empty for the file as a whole. */
  path: string;
  file: string;
  /** 1-based; null where the form has no lines (a TypeScript file's values). */
  line: number | null;
  /** What is wrong and what was expected, without the path: `expected true, got "http"`. */
  message: string;
  /** What to do, when that is more than the message says: `Did you mean "replicas"?`. */
  hint: string | null;
}
