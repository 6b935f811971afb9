import type { Grant } from '../core/access/index.ts';
import type {
  BackupRecord,
  HostEngine,
  LogLine,
  LogQuery,
  QueryAnswer,
  TableInfo,
} from '../core/contracts/index.ts';
import type { KubernetesPart } from '../core/kubernetes/index.ts';
import { connectSocket, connectWeb, type JsonClient, type WebAddress } from '../host/index.ts';
import type { SecretAt, SecretView } from '../secrets/index.ts';
import type {
  AuditEntry,
  ChangeEnd,
  Me,
  Overview,
  PipelineLine,
  PipelineRunView,
  PipelineSummary,
  PlanView,
  ProgressLine,
  TokenView,
  UserView,
} from './api/types.ts';
import { type DeliveryCalls, deliveryOver } from './delivery-client.ts';
import { type NoticeCalls, noticesOver } from './notice-client.ts';
import type { Place } from './place.ts';
import { followChange, followPipeline, untilBack } from './rejoin.ts';
import type { StoredEvent, StoredRun } from './store/index.ts';
import { type TargetCalls, targetsOver } from './target-client.ts';

type Tell = (line: ProgressLine) => void;

export interface FolderSource {
  folder: string;
  environment: string;
  /** What `local` runs on, whatever the file says. */
  engine?: HostEngine;
}

/** The control plane, typed, through its socket or from elsewhere. Its errors arrive as `EscaleError`. */
export interface ControlPlaneClient extends DeliveryCalls, NoticeCalls, TargetCalls {
  hello(): Promise<{ pid: number; version: string }>;
  overview(): Promise<Overview>;
  /** The same; waits for a control plane that is being started again. */
  overviewWhenBack(): Promise<Overview>;
  plan(source: FolderSource): Promise<PlanView>;
  deploy(source: FolderSource, tell: Tell): Promise<ChangeEnd>;
  rollback(place: Place, to: number | null, tell: Tell): Promise<ChangeEnd>;
  /** A release of another environment comes to this one; null: the one that runs there. */
  promote(place: Place, wish: { from: string; release: number | null }, tell: Tell): Promise<ChangeEnd>;
  /** Gives the word that a release waits for. */
  approve(approval: number, tell: Tell): Promise<ChangeEnd>;
  restart(place: Place, services: string[], tell: Tell): Promise<ChangeEnd>;
  scale(place: Place, numbers: Record<string, number>, tell: Tell): Promise<ChangeEnd>;
  down(place: Place): Promise<void>;
  /** The objects of a system in a cluster, as they were applied. */
  deployedObjects(place: Place): Promise<{ release: number; parts: KubernetesPart[] }>;
  kill(instance: string): Promise<void>;
  /** Runs the pipeline of a folder, with its files as they are. */
  beginPipeline(here: {
    folder: string;
    step: string | null;
    fresh: boolean;
    by: string;
  }): Promise<PipelineSummary>;
  /** Newest first. */
  pipelines(system: string | null): Promise<PipelineSummary[]>;
  pipeline(run: number): Promise<PipelineRunView>;
  cancelPipeline(run: number): Promise<void>;
  retryPipeline(run: number): Promise<PipelineSummary>;
  /** Everything of a run, then what comes, to its end; over the end of the control plane. */
  followPipeline(run: number, signal: AbortSignal): AsyncIterable<PipelineLine>;
  /** Has a job run now. */
  runJob(place: Place, job: string): Promise<StoredRun>;
  query(place: Place, wish: QueryWish): Promise<QueryAnswer>;
  tables(place: Place, resource: string | null): Promise<{ resource: string; tables: TableInfo[] }>;
  backup(place: Place, resource: string | null): Promise<BackupRecord & { folder: string }>;
  backups(
    place: Place,
    resource: string | null,
  ): Promise<{ resource: string; ids: string[]; folder: string }>;
  restore(
    place: Place,
    wish: { resource: string | null; backup: string },
  ): Promise<{ former: string | null; backup: BackupRecord }>;
  deleteData(place: Place): Promise<void>;
  /** What may be said of the secrets of an environment. */
  secrets(environment: string): Promise<SecretView[]>;
  setSecret(at: SecretAt, value: string): Promise<SecretView>;
  removeSecret(at: SecretAt): Promise<void>;
  /** Whom secrets in git are encrypted for, and nothing secret. */
  secretRecipient(): Promise<string>;
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  exec(instance: string, command: string[]): ExecStream;
  /** One connection to an instance in a cluster. */
  forward(instance: string): ExecStream;
  /** Events from now on. */
  events(signal: AbortSignal): AsyncIterable<StoredEvent>;
  signInToken(): Promise<string>;
  /** Whom it takes this client for. */
  me(): Promise<Me>;
  users(): Promise<UserView[]>;
  /** The word of the address that sets their password, for both. */
  addUser(name: string, grants: Grant[]): Promise<string>;
  linkUser(name: string): Promise<string>;
  /** Exactly these from now on. */
  grantUser(name: string, grants: Grant[]): Promise<void>;
  removeUser(name: string): Promise<void>;
  tokens(): Promise<TokenView[]>;
  /** `word` is the token itself, told this once. */
  createToken(wish: NewToken): Promise<TokenView & { word: string }>;
  revokeToken(user: string, name: string): Promise<void>;
  /** Newest first. */
  audit(query: AuditQuestion): Promise<AuditEntry[]>;
  /** Stops Escale's own processes; with `onlyIfIdle` not while a system is up. */
  /** Ends this life of Escale's processes and nothing that runs. */
  retire(): Promise<void>;
  /** Copies what Escale itself knows; gives the folder. */
  backUpSelf(): Promise<string>;
  shutdown(options: { onlyIfIdle: boolean }): Promise<{ stopping: boolean }>;
}

export interface QueryWish {
  /** Null: the only one. */
  resource: string | null;
  sql: string;
  write: boolean;
  limit: number;
  timeoutMs: number;
}

export interface NewToken {
  /** Null: whoever asks. */
  user: string | null;
  name: string;
  /** Null: all that the user may. */
  scope: Grant[] | null;
  /** Null: 90. */
  days: number | null;
}

export interface AuditQuestion {
  limit: number;
  /** Only older ones than this id. */
  before?: number;
  system?: string;
  environment?: string;
}

export interface ExecStream {
  stdin: NodeJS.WritableStream;
  output: AsyncIterable<{ stream: 'out' | 'err'; chunk: string } | { exit: number }>;
}

/** The one of this host, as its owner. */
export function connectControlPlane(socket: string): ControlPlaneClient {
  return controlPlaneOver(connectSocket(socket, 'Escale'));
}

/** One elsewhere, as whoever the token belongs to. */
export function connectRemote(address: WebAddress): ControlPlaneClient {
  return controlPlaneOver(connectWeb(address));
}

function controlPlaneOver(client: JsonClient): ControlPlaneClient {
  const overview = () => client.call<Overview>('GET', '/api/overview');
  const change = (path: string, body: unknown, tell: Tell, mayRepeat: boolean) =>
    followChange(() => client.lines(path, NEVER, body), mayRepeat, { overview, tell });
  return {
    hello: () => client.call('GET', '/api/hello'),
    overview,
    overviewWhenBack: () => untilBack({ overview }),
    plan: (source) => client.call('POST', '/api/plan', source),
    deploy: (source, tell) => change('/api/deploy', source, tell, true),
    rollback: (place, to, tell) => change(`${pathOf(place)}/rollback`, { to }, tell, to !== null),
    promote: (place, wish, tell) => change(`${pathOf(place)}/promote`, wish, tell, true),
    approve: (approval, tell) => change(`/api/approvals/${approval}/approve`, {}, tell, false),
    restart: (place, services, tell) => change(`${pathOf(place)}/restart`, { services }, tell, false),
    scale: (place, numbers, tell) => change(`${pathOf(place)}/scale`, { numbers }, tell, true),
    down: (place) => client.call('POST', `${pathOf(place)}/down`, {}),
    deployedObjects: (place) => client.call('GET', `${pathOf(place)}/objects`),
    kill: (instance) => client.call('POST', `/api/instances/${encodeURIComponent(instance)}/kill`, {}),
    beginPipeline: (here) => client.call('POST', '/api/pipelines', here),
    pipelines: (system) =>
      client.call('GET', `/api/pipelines${system === null ? '' : `?system=${encodeURIComponent(system)}`}`),
    pipeline: (run) => client.call('GET', `/api/pipelines/${run}`),
    cancelPipeline: (run) => client.call('POST', `/api/pipelines/${run}/cancel`, {}),
    retryPipeline: (run) => client.call('POST', `/api/pipelines/${run}/retry`, {}),
    followPipeline: (run, signal) =>
      followPipeline(() => client.lines(`/api/pipelines/${run}/log`, signal), { overview, signal }),
    runJob: (place, job) => client.call('POST', `${pathOf(place)}/jobs/${encodeURIComponent(job)}/run`, {}),
    query: (place, wish) => client.call('POST', `${pathOf(place)}/query`, wish),
    tables: (place, resource) => client.call('POST', `${pathOf(place)}/tables`, { resource }),
    backup: (place, resource) => client.call('POST', `${pathOf(place)}/backup`, { resource }),
    backups: (place, resource) => client.call('POST', `${pathOf(place)}/backups`, { resource }),
    restore: (place, wish) => client.call('POST', `${pathOf(place)}/restore`, wish),
    deleteData: (place) => client.call('POST', `${pathOf(place)}/delete-data`, {}),
    secrets: (environment) => client.call('GET', secretsOf(environment)),
    setSecret: ({ environment, ...at }, value) =>
      client.call('POST', secretsOf(environment), { ...at, value }),
    secretRecipient: async () =>
      (await client.call<{ recipient: string }>('GET', '/api/secret-recipient')).recipient,
    removeSecret: ({ environment, ...at }) => client.call('POST', `${secretsOf(environment)}/remove`, at),
    logs: ({ system, environment, ...query }, signal) =>
      client.lines<LogLine>(`${pathOf({ system, environment })}/logs`, signal, query),
    exec: (instance, command) => {
      const query = new URLSearchParams({ command: JSON.stringify(command) });
      const { request, response } = client.open(
        `/api/instances/${encodeURIComponent(instance)}/exec?${query}`,
      );
      return { stdin: request, output: client.linesOf(response) };
    },
    forward: (instance) => {
      const { request, response } = client.open(`/api/instances/${encodeURIComponent(instance)}/forward`);
      return { stdin: request, output: client.linesOf(response) };
    },
    events: (signal) => client.lines<StoredEvent>('/api/events', signal),
    signInToken: async () => (await client.call<{ token: string }>('POST', '/api/sign-in-tokens', {})).token,
    ...accessOver(client),
    ...deliveryOver(client),
    ...noticesOver(client),
    ...targetsOver(client),
    retire: () => client.call('POST', '/api/retire', {}),
    backUpSelf: async () => (await client.call<{ folder: string }>('POST', '/api/backup', {})).folder,
    shutdown: (options) => client.call('POST', '/api/shutdown', options),
  };
}

/** Users, tokens, and who did what. */
function accessOver(client: JsonClient) {
  const wordOf = ({ link }: { link: string }) => link;
  return {
    me: () => client.call<Me>('GET', '/api/me'),
    users: () => client.call<UserView[]>('GET', '/api/users'),
    addUser: async (name: string, grants: Grant[]) =>
      wordOf(await client.call('POST', '/api/users', { name, grants })),
    linkUser: async (name: string) => wordOf(await client.call('POST', `${userPath(name)}/link`, {})),
    grantUser: (name: string, grants: Grant[]) =>
      client.call<void>('POST', `${userPath(name)}/grants`, { grants }),
    removeUser: (name: string) => client.call<void>('POST', `${userPath(name)}/remove`, {}),
    tokens: () => client.call<TokenView[]>('GET', '/api/tokens'),
    createToken: (wish: NewToken) => client.call<TokenView & { word: string }>('POST', '/api/tokens', wish),
    revokeToken: (user: string, name: string) =>
      client.call<void>(
        'POST',
        `/api/tokens/${encodeURIComponent(user)}/${encodeURIComponent(name)}/revoke`,
        {},
      ),
    audit: (query: AuditQuestion) => {
      const words = Object.entries(query).map(([key, value]) => [key, String(value)]);
      return client.call<AuditEntry[]>('GET', `/api/audit?${new URLSearchParams(words)}`);
    },
  };
}

function userPath(name: string): string {
  return `/api/users/${encodeURIComponent(name)}`;
}

const NEVER = new AbortController().signal;

function secretsOf(environment: string): string {
  return `/api/environments/${encodeURIComponent(environment)}/secrets`;
}

function pathOf({ system, environment }: Place): string {
  return `/api/systems/${encodeURIComponent(system)}/environments/${encodeURIComponent(environment)}`;
}
