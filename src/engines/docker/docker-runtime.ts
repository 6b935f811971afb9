import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  EnvironmentNetwork,
  ExecProcess,
  HostEngine,
  ImageSource,
  InstanceExit,
  InstanceRecord,
  InstanceStats,
  Listening,
  OutputChunk,
  Preparation,
  Runtime,
  StartRequest,
} from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { DockerApi, DockerRefusal, isAway, isRefusal } from './api/index.ts';
import { Connection, type DockerEvent } from './connection.ts';
import { containerBody, containerName } from './container.ts';
import { execIn } from './exec.ts';
import { exitOf } from './exits.ts';
import { Images } from './images.ts';
import { recordOf } from './labels.ts';
import { listeningIn } from './listening.ts';
import { type Network, Networks } from './networks.ts';
import { ContainerOutput } from './output.ts';
import { initProblem, isAboutNetwork, programProblem } from './problems.ts';
import { type StatsAnswer, useOf } from './stats.ts';
import { ensureVolume, giveVolume, removeVolumes } from './volumes.ts';

export interface DockerRuntimeOptions {
  /** Its own folder: which networks it has, how far output was read. It is only there once Docker was used. */
  folder: string;
  /** Unique name of this Escale on this host: letters and digits. */
  owner: string;
  /** Docker's socket; may throw `docker-address`. */
  socket: () => string;
  images: ImageSource;
}

interface Live {
  record: InstanceRecord;
  container: string;
  output: ContainerOutput;
  command: string;
  /** What asks it to end: images have one of their own. */
  stopSignal: string;
  isEnding: boolean;
  /** Why Escale itself ended it, beside its being told to go. */
  endedFor: string | null;
}

interface ContainerState {
  Running: boolean;
  /** `2026-11-26T16:20:33.123456789Z`; of the year 1 before it ran. */
  StartedAt: string;
  Pid: number;
  ExitCode: number;
  OOMKilled: boolean;
}

interface ContainerAnswer {
  Id: string;
  State: ContainerState;
  Config: { Labels: Record<string, string>; Entrypoint: string[] | null; StopSignal?: string };
  HostConfig: { Memory: number };
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

interface ListedContainer {
  Id: string;
  State: string;
  Labels: Record<string, string>;
  NetworkSettings: { Networks: Record<string, { IPAddress: string }> };
}

interface EngineInfo {
  ServerVersion: string;
  LiveRestoreEnabled: boolean;
  InitBinary: string;
}

/** How often all containers are looked at: events tell of them at once as a rule, ms. */
const LOOK_MS = 3000;
/** The output of a container that ended is waited for so long after its last sign, ms. */
const OUTPUT_MS = 5000;
const RUNNING = ['running', 'paused'];

/** Instances as containers of this host's Docker. What they are stands on their labels, and nowhere else. */
export class DockerRuntime implements Runtime {
  private readonly options: DockerRuntimeOptions;
  private readonly api: DockerApi;
  private readonly connection: Connection;
  private readonly made: Networks;
  private readonly images: Images;
  private readonly live = new Map<string, Live>();
  /** Instances whose container is just being made: they are nobody's to find. */
  private readonly starting = new Set<string>();
  private readonly endedEarly = new Set<string>();
  /** What an engine that was away must still be told, by instance. */
  private readonly unsent = new Map<string, 'stop' | 'kill'>();
  private looking: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private info: EngineInfo | null = null;
  private found: InstanceRecord[] | null = null;
  private exitListener: (exit: InstanceExit) => void = () => {};
  private outputListener: (id: string) => void = () => {};
  private foundListener: (record: InstanceRecord) => void = () => {};
  private networkListener: () => void = () => {};

  constructor(options: DockerRuntimeOptions) {
    const { owner, socket, folder, images } = options;
    this.options = options;
    this.api = new DockerApi(socket);
    this.made = new Networks(this.api, { owner, folder });
    this.made.onMade = () => this.networkListener();
    this.images = new Images(this.api, { owner, source: images });
    this.connection = new Connection({
      ...{ api: this.api, owner },
      connected: () => this.reconnected(),
      heard: (event) => this.hear(event),
    });
  }

  async recover(): Promise<InstanceRecord[]> {
    if (!existsSync(this.options.folder)) return [];
    this.found = [];
    await this.connection.tried();
    const found = this.found;
    this.found = null;
    return found;
  }

  async join(environment: string, engine: HostEngine): Promise<EnvironmentNetwork | null> {
    if (engine !== 'docker') return null;
    await this.begin();
    return this.made.ensure(environment);
  }

  networks(): EnvironmentNetwork[] {
    return this.made.all();
  }

  async tidy({ environments, artifacts }: Parameters<Runtime['tidy']>[0]): Promise<void> {
    if (!existsSync(this.options.folder)) return;
    await this.connection.open();
    await Promise.all([
      environments !== null && this.made.keepOnly(environments),
      artifacts !== null && this.images.keepOnly(artifacts),
    ]);
  }

  async forgetVolumes(place: { system: string; environment: string }): Promise<void> {
    if (!existsSync(this.options.folder)) return;
    await this.connection.open();
    await removeVolumes(this.api, this.options.owner, place);
  }

  async prepare(what: Preparation): Promise<void> {
    await this.begin();
    await this.images.ensure(what);
  }

  async start(request: StartRequest): Promise<InstanceRecord> {
    this.starting.add(request.id);
    try {
      await this.begin();
      return await this.startAgain(request);
    } catch (error) {
      throw error instanceof DockerRefusal ? cannotStart(request, error) : error;
    } finally {
      this.starting.delete(request.id);
      this.endedEarly.delete(request.id);
    }
  }

  private async begin(): Promise<void> {
    mkdirSync(this.options.folder, { recursive: true, mode: 0o700 });
    await this.connection.open();
  }

  /** An image or a network that somebody took away in this moment is made once more. */
  private async startAgain(request: StartRequest): Promise<InstanceRecord> {
    try {
      return await this.startOnce(request);
    } catch (error) {
      const isGone =
        error instanceof DockerRefusal &&
        (isAboutNetwork(error.message) || /no such image/i.test(error.message));
      if (!isGone) throw error;
      return this.startOnce(request);
    }
  }

  private async startOnce(request: StartRequest): Promise<InstanceRecord> {
    const image = await this.images.ensure(request);
    const network = await this.made.ensure(request.environment);
    const record = newRecord(request);
    const container = await this.create(request, record, { image, network });
    try {
      await this.api.ask({ method: 'POST', path: `/containers/${container}/start` });
      return await this.follow({ container, record, network, command: programOf(request) });
    } catch (error) {
      await this.remove(container);
      throw error;
    }
  }

  private async create(
    request: StartRequest,
    record: InstanceRecord,
    { image, network }: { image: string; network: Network },
  ): Promise<string> {
    const { owner } = this.options;
    const volume = request.dataFolder === null ? null : await ensureVolume(this.api, owner, request);
    // Docker gives the folder of another one's image to whom it belongs there.
    if (volume !== null && request.image === undefined) await giveVolume(this.api, volume, { image, owner });
    const hasInit = (this.info?.InitBinary ?? '') !== '';
    const json = containerBody(request, record, {
      owner,
      image,
      network,
      volume,
      hasInit,
      inherited: inherited(),
    });
    const { Id } = await this.api.ask<{ Id: string }>({
      ...{ method: 'POST', path: '/containers/create', query: { name: containerName(record.id) }, json },
    });
    return Id;
  }

  private async follow(made: {
    container: string;
    record: InstanceRecord;
    network: Network;
    command: string;
  }): Promise<InstanceRecord> {
    const answer = await this.inspect(made.container);
    if (answer === null) throw new EscaleError('instance-start-failed', 'its container was removed at once');
    const live = this.track({ ...made, answer, adopted: false });
    if (!answer.State.Running || this.endedEarly.has(made.record.id)) void this.over(live);
    return live.record;
  }

  private track(seen: {
    container: string;
    record: InstanceRecord;
    answer: ContainerAnswer;
    command: string;
    adopted: boolean;
  }): Live {
    const { container, record, answer, command, adopted } = seen;
    const host = addressOf(answer.NetworkSettings.Networks[this.made.nameOf(record.environment)]);
    const folder = path.join(this.options.folder, record.id);
    const live = {
      record: {
        ...record,
        startedAt: startOf(answer, record),
        pid: answer.State.Pid || null,
        ...(host && { host }),
      },
      output: new ContainerOutput(this.api, {
        ...{ container, folder, adopted },
        tell: () => this.outputListener(record.id),
      }),
      stopSignal: answer.Config.StopSignal || 'SIGTERM',
      ...{ container, command, isEnding: false, endedFor: null },
    };
    this.live.set(record.id, live);
    this.timer ??= setInterval(() => void this.look().catch(() => {}), LOOK_MS);
    return live;
  }

  signal(id: string, signal: 'stop' | 'kill'): void {
    const live = this.live.get(id);
    if (live === undefined || live.isEnding) return;
    void this.send(live, signal);
  }

  private async send(live: Live, signal: 'stop' | 'kill'): Promise<void> {
    const name = signal === 'kill' ? 'SIGKILL' : live.stopSignal;
    const path = `/containers/${live.container}/kill`;
    try {
      await this.api.ask({ method: 'POST', path, query: { signal: name } });
    } catch (error) {
      if (isAway(error)) this.unsent.set(live.record.id, signal);
      else await this.look().catch(() => {});
    }
  }

  async listening(id: string): Promise<Listening> {
    const { port, pid, host } = this.live.get(id)?.record ?? {};
    if (port == null || pid == null || host === undefined) return { state: 'none', otherPorts: [] };
    return listeningIn(pid, host, port);
  }

  async stats(): Promise<InstanceStats[]> {
    const all = await Promise.all(
      [...this.live.values()].map((live) => this.statsOf(live).catch(() => null)),
    );
    return all.filter((stats) => stats !== null);
  }

  private async statsOf({ record, container, isEnding }: Live): Promise<InstanceStats | null> {
    if (isEnding) return null;
    const query = { stream: 'false', 'one-shot': 'true' };
    const path = `/containers/${container}/stats`;
    const answer = await this.api.find<StatsAnswer>({ method: 'GET', path, query, timeoutMs: 2000 });
    return answer === null ? null : { id: record.id, ...useOf(answer) };
  }

  async forget(id: string): Promise<void> {
    const live = this.live.get(id);
    this.live.delete(id);
    this.unsent.delete(id);
    live?.output.close();
    if (live !== undefined) await this.remove(live.container);
    rmSync(path.join(this.options.folder, id), { recursive: true, force: true });
  }

  /** The end of this supervisor: nothing of the instances is touched. */
  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    for (const { output } of this.live.values()) output.close();
    this.connection.close();
    this.api.close();
  }

  onExit(listener: (exit: InstanceExit) => void): void {
    this.exitListener = listener;
  }

  onOutput(listener: (id: string) => void): void {
    this.outputListener = listener;
  }

  onFound(listener: (record: InstanceRecord) => void): void {
    this.foundListener = listener;
  }

  onNetwork(listener: () => void): void {
    this.networkListener = listener;
  }

  async readOutput(id: string): Promise<OutputChunk[]> {
    return this.live.get(id)?.output.read() ?? [];
  }

  capabilities(): Record<string, string> {
    if (this.info === null) return {};
    const { ServerVersion, LiveRestoreEnabled } = this.info;
    const restarts = LiveRestoreEnabled
      ? 'containers outlive its restart'
      : 'containers end when it is restarted (live-restore is off)';
    return { docker: `${ServerVersion}: ${restarts}` };
  }

  exec(id: string, command: string[]): ExecProcess {
    const live = this.live.get(id);
    if (live === undefined) throw new EscaleError('instance-unknown', `no instance ${id} runs here`);
    return execIn(this.api, live.container, command);
  }

  // ---- what happens in Docker

  private async reconnected(): Promise<void> {
    this.info = await this.api.ask<EngineInfo>({ method: 'GET', path: '/info' });
    await this.look();
    for (const [id, signal] of this.unsent) {
      this.unsent.delete(id);
      this.signal(id, signal);
    }
  }

  private hear({ Action, Actor }: DockerEvent): void {
    if (Action !== 'die' && Action !== 'destroy') return;
    const id = Actor.Attributes['escale.instance'] ?? '';
    const live = this.live.get(id);
    if (live !== undefined && live.container === Actor.ID) void this.over(live);
    else if (this.starting.has(id)) this.endedEarly.add(id);
  }

  /** All containers of this Escale, compared with what is known: whatever nobody told of is found here. */
  private look(): Promise<void> {
    this.looking ??= this.lookOnce().finally(() => {
      this.looking = null;
    });
    return this.looking;
  }

  private async lookOnce(): Promise<void> {
    const before = new Set(this.live.keys());
    const filters = JSON.stringify({ label: [`escale.owner=${this.options.owner}`] });
    const query = { all: 'true', filters };
    const all = await this.api.ask<ListedContainer[]>({ method: 'GET', path: '/containers/json', query });
    for (const listed of all) await this.lookAt(listed);
    const there = new Set(all.map(({ Id }) => Id));
    for (const live of this.live.values())
      if (before.has(live.record.id) && !there.has(live.container)) void this.over(live);
  }

  private async lookAt(listed: ListedContainer): Promise<void> {
    const record = recordOf(listed.Labels);
    if (record === null) return this.clear(listed);
    if (this.starting.has(record.id)) return;
    const live = this.live.get(record.id);
    if (live === undefined) return this.find(listed, record);
    if (live.container !== listed.Id) return this.remove(listed.Id);
    if (!RUNNING.includes(listed.State)) return void this.over(live);
    const network = this.made.nameOf(record.environment);
    if (addressOf(listed.NetworkSettings.Networks[network]) === null && record.port !== null)
      this.endFor(live, 'its network was taken away');
  }

  /** Of an earlier life: one that runs is adopted, and a job whose end can be told; what never ran is cleared away. */
  private async find({ Id, State }: ListedContainer, record: InstanceRecord): Promise<void> {
    const isJobsEnd = record.role === 'job' && State === 'exited';
    const answer = RUNNING.includes(State) || isJobsEnd ? await this.inspect(Id) : null;
    if (answer === null) return this.remove(Id);
    const command = answer.Config.Entrypoint?.[0] ?? '';
    const live = this.track({ container: Id, record, answer, command, adopted: true });
    if (this.found === null) this.foundListener(live.record);
    else this.found.push(live.record);
    if (!answer.State.Running) void this.over(live);
  }

  /** What was only made for a moment, by a process that was killed in it. */
  private async clear({ Id, State }: ListedContainer): Promise<void> {
    if (State === 'created' && this.starting.size === 0) await this.remove(Id);
  }

  private endFor(live: Live, reason: string): void {
    live.endedFor ??= reason;
    this.signal(live.record.id, 'kill');
  }

  /** Once for each: when all that it wrote is there. */
  private async over(live: Live): Promise<void> {
    if (live.isEnding) return;
    live.isEnding = true;
    live.output.end();
    const answer = await this.inspect(live.container).catch(() => null);
    await Promise.race([live.output.whole, silence(live.output)]);
    const state = answer === null ? null : { ...endOf(answer) };
    const why = live.endedFor ?? (state === null ? null : this.neverRan(live, state.exitCode));
    this.exitListener(exitOf(live.record.id, state, why));
  }

  private neverRan({ command, output }: Live, exitCode: number): string | null {
    return exitCode === 126 || exitCode === 127 ? initProblem(command, output.lastWords) : null;
  }

  private async inspect(container: string): Promise<ContainerAnswer | null> {
    return this.api.find<ContainerAnswer>({ method: 'GET', path: `/containers/${container}/json` });
  }

  /** What is left where the engine is away is found when it is back. */
  private async remove(container: string): Promise<void> {
    // With the volumes without a name that its image asked for.
    const query = { force: 'true', v: 'true' };
    await this.api.ask({ method: 'DELETE', path: `/containers/${container}`, query }).catch((error) => {
      const isGoing = isRefusal(error, 404) || isRefusal(error, 409) || isAway(error);
      if (!isGoing) throw error;
    });
  }
}

function newRecord(request: StartRequest): InstanceRecord {
  const { id, system, environment, service, role, run, release, rollout, port } = request;
  const identity = { id, system, environment, service, role, run, release, rollout, port };
  return { ...identity, startedAt: Date.now(), pid: null };
}

function startOf({ State }: ContainerAnswer, { startedAt }: InstanceRecord): number {
  return Math.max(startedAt, Date.parse(State.StartedAt) || 0);
}

function addressOf(endpoint: { IPAddress: string } | undefined): string | null {
  return endpoint?.IPAddress || null;
}

function endOf({ State, HostConfig }: ContainerAnswer) {
  return { exitCode: State.ExitCode, outOfMemory: State.OOMKilled, memoryBytes: HostConfig.Memory };
}

/** Resolves when nothing has come for a while. */
async function silence(output: ContainerOutput): Promise<void> {
  let bytes = -1;
  while (bytes !== output.received) {
    bytes = output.received;
    await pause(OUTPUT_MS, undefined, { ref: false });
  }
}

/** What it starts, for people. */
function programOf({ command, image }: StartRequest): string {
  return command[0] ?? (image === undefined ? '' : 'what the image starts');
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    ['LANG', 'TZ'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
}

function cannotStart(request: StartRequest, refusal: DockerRefusal): EscaleError {
  const said = refusal.message.replace(/^Docker: /, '');
  const { reason, code } = programProblem(programOf(request), said);
  const why = code === null ? refusal.message : reason;
  return new EscaleError('instance-start-failed', `${request.service} can't be started: ${why}`, {
    place: `${request.role}s.${request.service}.command`,
    next: 'Mend what the message says; it is tried again by itself.',
  });
}
