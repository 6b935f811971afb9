import type { Grant, Role } from '../../core/access/index.ts';
import type {
  InstanceState,
  QueryAnswer,
  ResourceState,
  RowsQuery,
  TableInfo,
} from '../../core/contracts/index.ts';
import type { Drift } from '../../core/drift/index.ts';
import type { SettingChange } from '../../core/release/index.ts';
import type { Operation, OperationProgress } from '../../core/rollout/index.ts';
import type { AuditEntry } from '../access/index.ts';
import type { Approval, StoredRule } from '../environments/environment-store.ts';
import type { StoredPipelineRun, StoredPipelineStep } from '../pipelines/stored.ts';
import type { Place } from '../place.ts';
import type { RolloutState, StoredEvent, StoredRun } from '../store/index.ts';

/** Everything that `escale status` and the dashboard show, in one answer. */
export interface Overview {
  /** ms since 1970, of this answer. */
  at: number;
  systems: SystemView[];
  events: StoredEvent[];
  host: HostView;
  /** Hosts elsewhere. */
  targets: TargetHostView[];
  /** Those that go on, and the newest of each system; newest first. */
  pipelines: PipelineSummary[];
  /** What waits for somebody's word, oldest first. */
  approvals: ApprovalView[];
}

/** A host elsewhere. */
export interface TargetHostView {
  name: string;
  /** `ssh://deploy@prod.example.org`. */
  address: string;
  state: 'connected' | 'away';
  /** Since when it is away, ms since 1970; null: it is not, or has not answered yet. */
  since: number | null;
  /** Why it is away, and what to do, for people; null: it is not. */
  problem: { code: string; message: string; next: string } | null;
  /** Addresses of that host that its gateway listens on beside loopback. */
  listen: string[];
  httpPort: number;
}

export interface HostView {
  /** What can be enforced here, for people: `limits`, `user`. */
  capabilities: Record<string, string>;
  gateway: { connected: boolean; pid: number | null; problem: string | null };
  supervisor: { connected: boolean };
  httpPort: number;
  version: string;
}

export interface SystemView {
  name: string;
  environment: string;
  /** The host elsewhere that it runs on; null: this one. */
  target: string | null;
  folder: string;
  up: boolean;
  /** `ready`: every service has all its instances ready. */
  state: 'ready' | 'degraded' | 'updating' | 'down';
  /** The release it runs; null before the first one. */
  release: number | null;
  services: ServiceView[];
  resources: ResourceView[];
  jobs: JobView[];
  /** Who needs whom, as the file says it. */
  calls: CallView[];
  releases: ReleaseView[];
  rollouts: RolloutView[];
  /** Where what runs is not what the release says; whether it is set right by itself. */
  drift: { found: Drift[]; repaired: boolean };
}

export interface ServiceView {
  name: string;
  /** Outside addresses, by the routes. */
  addresses: string[];
  /** Inside address for other services; null for a worker. */
  internalUrl: string | null;
  wanted: number;
  ready: number;
  /** No ready path is declared: TCP and time decide, which is less than healthy. */
  probed: boolean;
  requests: number;
  errors: number;
  held: number;
  lastPauseMs: number | null;
  lastFailure: { instance: string; reason: string; at: number } | null;
  backoffMs: number | null;
  /** A resource that must answer before it is started, and why that does not, for people; null: none. */
  waitsFor: string | null;
  instances: InstanceView[];
}

export interface InstanceView {
  id: string;
  state: InstanceState;
  reason: string;
  release: number;
  pid: number | null;
  port: number | null;
  startedAt: number;
  memoryBytes: number | null;
  cpu: number | null;
  requests: number;
}

/** A database or the like. */
export interface ResourceView {
  name: string;
  /** `postgres`. */
  type: string;
  /** It exists elsewhere: Escale only uses it. */
  external: boolean;
  /** `stopped`: its system is down. */
  state: ResourceState | 'stopped';
  /** Why it does not answer, for people; empty when it does. */
  reason: string;
  instance: string | null;
  pid: number | null;
  port: number | null;
  sizeBytes: number | null;
  memoryBytes: number | null;
  cpu: number | null;
  startedAt: number | null;
  /** Services and jobs that use it. */
  usedBy: string[];
}

export interface JobView {
  name: string;
  beforeDeploy: boolean;
  schedule: { cron: string; timeZone: string; overlap: boolean } | null;
  /** When it runs by itself next, ms since 1970; null: never. */
  nextAt: number | null;
  /** Newest first. */
  runs: RunView[];
}

export type RunView = Omit<StoredRun, 'system' | 'environment' | 'job'>;

export interface CallView {
  /** A service or a job. */
  from: string;
  /** A service (`api`, `images/api`) or a resource (`db`). */
  to: string;
  kind: 'service' | 'resource';
  /** Why it would fail now, for people; null: it would not. */
  problem: string | null;
}

/** What a page asks of a database: read-only. */
export type TablesAnswer = TableInfo[];
export type RowsQuestion = RowsQuery;
export type RowsAnswer = QueryAnswer;

export interface ReleaseView {
  number: number;
  commit: string | null;
  dev: boolean;
  createdAt: number;
  /** It is the one that runs here. */
  current: boolean;
}

export interface RolloutView {
  id: number;
  kind: 'deploy' | 'promote' | 'rollback' | 'restart' | 'scale' | 'repair';
  fromRelease: number | null;
  toRelease: number;
  state: RolloutState;
  reason: string;
  startedAt: number;
  endedAt: number | null;
  done: number;
  of: number;
}

/** What a plan would do; `operations` is the list that `deploy` runs. */
export interface PlanView {
  system: string;
  environment: string;
  release: number;
  fromRelease: number | null;
  operations: Operation[];
  /** The same, one line each. */
  lines: string[];
  /** Why something is replaced, where the operations don't say it. */
  notes: string[];
}

/** One line of the answer to a change, as it goes on; the last one is a `result`, or an error. */
export type ProgressLine =
  | OperationProgress
  | { type: 'plan'; operations: Operation[] }
  | { type: 'note'; message: string }
  /** It is recorded: from here on it is finished or undone, whatever happens. `rollout` is its id. */
  | { type: 'begun'; place: Place; release: number; rollout: number; added: boolean }
  | { type: 'end'; rollout: RolloutView };

/** How a change ended. */
export interface ChangeEnd {
  place: Place;
  release: number;
  /** Null: everything was as it should be already. */
  rollout: (RolloutView & { startedAt: number; endedAt: number }) | null;
  /** It was not up before. */
  added: boolean;
  /** What was asked for was to end the rollout and return, and that is what has happened. */
  returned: boolean;
  /** It waits for somebody's word, and nothing was begun. */
  approval?: ApprovalView | null;
}

/** Whoever asks, and what they may do. */
export interface Me {
  name: string;
  kind: 'owner' | 'user' | 'token';
  /** Name of the token that is used; null: none is. */
  token: string | null;
  grants: Grant[];
  /** When the session or the token ends, ms since 1970; null: never. */
  expiresAt: number | null;
}

export interface UserView {
  name: string;
  grants: Grant[];
  hasPassword: boolean;
  createdAt: number;
}

/** What may be said of a token: the word itself is told once, to whoever makes it. */
export interface TokenView {
  user: string;
  name: string;
  /** What it may do at most. */
  scope: Grant[];
  /** What it may do now: no more than its user. */
  grants: Grant[];
  createdAt: number;
  expiresAt: number;
  lastUsedAt: number | null;
}

/** Who did what; newest first in an answer. */
export type { AuditEntry };

/** A repository that is pushed to or follows another one. */
export interface RepositoryView {
  name: string;
  /** ms since 1970. */
  createdAt: number;
  /** Null: it follows none. */
  following: { url: string; everySeconds: number; fetchedAt: number | null; problem: string | null } | null;
}

/** A release that waits for somebody's word. */
export type ApprovalView = Approval;

/** What the server says of an environment, for a system or for all (`*`). */
export type RuleView = StoredRule;

/** What is new in a release. */
export interface ReleaseChangesView {
  system: string;
  release: number;
  commit: string | null;
  dev: boolean;
  createdAt: number;
  /** The release that it is compared with; null: there is none before it. */
  since: number | null;
  /** Newest first. */
  commits: { id: string; author: string; at: number; subject: string }[];
  /** `A` added, `M` changed, `D` removed, `T` of another kind. */
  files: { path: string; change: string }[];
  settings: SettingChange[];
  /** Services and jobs whose files or packages are other ones. */
  programs: string[];
  takenIn: string[];
  /** Where it may be brought, or why not. */
  targets: TargetView[];
}

/** What stands between a release and an environment. */
export interface TargetView {
  environment: string;
  /** The environment that it would be promoted from; null: there is none yet. */
  from: string | null;
  /** Whose word it needs there; null: nobody's. */
  approve: Role | null;
  /** Why it can't be promoted there now, for people; null: it can. */
  problem: string | null;
}

/** What bringing a kept release to an environment would do; `approve` as in `TargetView`. */
export interface MovePlanView extends PlanView {
  approve: Role | null;
}

/** One execution of a pipeline, in short. */
export type PipelineSummary = Pick<
  StoredPipelineRun,
  | 'id'
  | 'system'
  | 'repository'
  | 'branch'
  | 'commit'
  | 'by'
  | 'cause'
  | 'environments'
  | 'state'
  | 'reason'
  | 'release'
  | 'deliveries'
  | 'createdAt'
  | 'startedAt'
  | 'endedAt'
  | 'retryOf'
>;

export interface PipelineRunView extends PipelineSummary {
  steps: StepView[];
  /** What quality was measured; null: not (yet). */
  figures: Record<string, number> | null;
}

export type StepView = Omit<StoredPipelineStep, 'run' | 'cacheKey'>;
export type { PipelineLine } from '../pipelines/follow.ts';
