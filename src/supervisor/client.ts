import type {
  DesiredSystem,
  Engine,
  EngineEvent,
  ExecRequest,
  ExecSession,
  HeldWish,
  JobRun,
  LogLine,
  LogQuery,
  Observation,
} from '../core/contracts/index.ts';
import { connectSocket, type SocketClient } from '../host/index.ts';

/** The engine of a host, and what else its supervisor is asked. */
export interface SupervisorEngine extends Engine {
  ping(): Promise<number>;
  /** Folder of the version of Escale that it is of. */
  program(): Promise<string>;
  stop(): Promise<void>;
  retire(): Promise<void>;
}

/** The engine of a host: its supervisor, through its socket. */
export function connectSupervisor(socket: string): SupervisorEngine {
  return engineOver(connectSocket(socket, 'The supervisor'));
}

/** The same over a client that is there already. */
export function engineOver(client: SocketClient): SupervisorEngine {
  return {
    apply: (desired: DesiredSystem) => client.call('PUT', '/desired', desired),
    observe: () => client.call<Observation>('GET', '/observation'),
    run: (run: JobRun) => client.call('PUT', '/runs', run),
    forgetRun: (id) => client.call('DELETE', `/runs/${encodeURIComponent(id)}`),
    holdResource: ({ system, environment }, name) =>
      client.call('POST', `/resources/${environment}/${system}/${name}/hold`),
    letGoResource: ({ system, environment }, name) =>
      client.call('POST', `/resources/${environment}/${system}/${name}/let-go`),
    wishes: () => client.call<HeldWish[]>('GET', '/wishes'),
    remove: (system, environment) => client.call('DELETE', `/desired/${environment}/${system}`),
    logs: (query: LogQuery, signal) => client.lines<LogLine>('/logs', signal, query),
    forgetLogs: (system, environment) => client.call('DELETE', `/logs/${environment}/${system}`),
    forgetVolumes: (system, environment) => client.call('DELETE', `/volumes/${environment}/${system}`),
    tidy: (artifacts) => client.call('POST', '/tidy', { artifacts }),
    exec: async (request) => openExec(client, request),
    kill: (instance) => client.call('POST', `/instances/${encodeURIComponent(instance)}/kill`),
    changed: (seen, timeoutMs) => client.call<number>('GET', `/changed?seen=${seen}&timeout=${timeoutMs}`),
    events: (signal) =>
      client.lines<EngineEvent & { origin: string; sequence: number }>('/events?after=0', signal),
    ping: async () => (await client.call<{ pid: number }>('GET', '/hello')).pid,
    program: async () => (await client.call<{ program: string }>('GET', '/hello')).program,
    stop: () => client.call('POST', '/stop'),
    retire: () => client.call('POST', '/retire'),
  };
}

function openExec(client: SocketClient, { instance, command }: ExecRequest): ExecSession {
  const query = new URLSearchParams({ instance, command: JSON.stringify(command) });
  const { request, response } = client.open(`/exec?${query}`);
  return {
    write: (chunk) => void request.write(chunk),
    end: () => void request.end(),
    close: () => void request.destroy(),
    output: decode(client.linesOf(response)),
  };
}

type Wire = { stream: 'out' | 'err'; chunk: string } | { exit: number };

async function* decode(items: AsyncIterable<Wire>): ExecSession['output'] {
  for await (const item of items) {
    yield 'exit' in item ? item : { stream: item.stream, chunk: Buffer.from(item.chunk, 'base64') };
    if ('exit' in item) return;
  }
}
