import type { BackupRecord, LogLine, LogQuery, QueryAnswer, TableInfo } from '../core/contracts/index.ts';
import { connectSocket } from '../host/index.ts';
import type { SecretAt, SecretView } from '../secrets/index.ts';
import type {
  ChangeEnd,
  Overview,
  PipelineLine,
  PipelineRunView,
  PipelineSummary,
  PlanView,
  ProgressLine,
} from './api/types.ts';
import type { Place } from './place.ts';
import { followChange, followPipeline, untilBack } from './rejoin.ts';
import type { StoredEvent, StoredRun } from './store/index.ts';

type Tell = (line: ProgressLine) => void;

/** The control plane, typed, through its socket. Its errors arrive as `EscaleError`. */
export interface ControlPlaneClient {
  hello(): Promise<{ pid: number; version: string }>;
  overview(): Promise<Overview>;
  /** The same; waits for a control plane that is being started again. */
  overviewWhenBack(): Promise<Overview>;
  plan(source: { folder: string; environment: string }): Promise<PlanView>;
  deploy(source: { folder: string; environment: string }, tell: Tell): Promise<ChangeEnd>;
  rollback(place: Place, to: number | null, tell: Tell): Promise<ChangeEnd>;
  restart(place: Place, services: string[], tell: Tell): Promise<ChangeEnd>;
  scale(place: Place, numbers: Record<string, number>, tell: Tell): Promise<ChangeEnd>;
  down(place: Place): Promise<void>;
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
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<LogLine>;
  exec(instance: string, command: string[]): ExecStream;
  /** Events from now on. */
  events(signal: AbortSignal): AsyncIterable<StoredEvent>;
  signInToken(): Promise<string>;
  /** Stops Escale's own processes; with `onlyIfIdle` not while a system is up. */
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

export interface ExecStream {
  stdin: NodeJS.WritableStream;
  output: AsyncIterable<{ stream: 'out' | 'err'; chunk: string } | { exit: number }>;
}

export function connectControlPlane(socket: string): ControlPlaneClient {
  const client = connectSocket(socket, 'Escale');
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
    restart: (place, services, tell) => change(`${pathOf(place)}/restart`, { services }, tell, false),
    scale: (place, numbers, tell) => change(`${pathOf(place)}/scale`, { numbers }, tell, true),
    down: (place) => client.call('POST', `${pathOf(place)}/down`, {}),
    kill: (instance) => client.call('POST', `/api/instances/${encodeURIComponent(instance)}/kill`, {}),
    beginPipeline: (here) => client.call('POST', '/api/pipelines', here),
    pipelines: (system) => client.call('GET', `/api/pipelines${system === null ? '' : `?system=${system}`}`),
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
    removeSecret: ({ environment, ...at }) => client.call('POST', `${secretsOf(environment)}/remove`, at),
    logs: ({ system, environment, ...query }, signal) =>
      client.lines<LogLine>(`${pathOf({ system, environment })}/logs`, signal, query),
    exec: (instance, command) => {
      const query = new URLSearchParams({ instance, command: JSON.stringify(command) });
      const { request, response } = client.open(`/api/exec?${query}`);
      return { stdin: request, output: client.linesOf(response) };
    },
    events: (signal) => client.lines<StoredEvent>('/api/events', signal),
    signInToken: async () => (await client.call<{ token: string }>('POST', '/api/sign-in-tokens', {})).token,
    shutdown: (options) => client.call('POST', '/api/shutdown', options),
  };
}

const NEVER = new AbortController().signal;

function secretsOf(environment: string): string {
  return `/api/environments/${encodeURIComponent(environment)}/secrets`;
}

function pathOf({ system, environment }: Place): string {
  return `/api/systems/${encodeURIComponent(system)}/environments/${encodeURIComponent(environment)}`;
}
