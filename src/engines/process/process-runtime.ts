import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import type {
  ExecEnd,
  ExecProcess,
  InstanceExit,
  InstanceRecord,
  InstanceStats,
  Listening,
  OutputChunk,
  Runtime,
  StartRequest,
} from '../../core/contracts/index.ts';
import { EscaleError, isDiskFull } from '../../core/errors/index.ts';
import { stepOfEnvironment } from '../../core/manifest/index.ts';
import { identify, isAlive, type ProcessIdentity, processStat, readProc } from '../../host/index.ts';
import { allSessions, findFamilies, membersOf, processesOfUser, sessionMembers } from './family.ts';
import { folderBytes } from './folder-size.ts';
import { type LaunchSetting, launch, type Whose } from './launch.ts';
import { findLimiter, type Limiter } from './limits.ts';
import { InstanceOutput, isOutput } from './output.ts';
import { InstanceRecords, type StoredInstance } from './records.ts';
import { listeningOf } from './sockets.ts';
import { isThere, spawnProblem } from './spawn-problem.ts';
import { StepWatch } from './step-watch.ts';
import { type InstanceUser, reachableByOthers, userFor, userOfStep } from './user.ts';

export interface ProcessRuntimeOptions {
  /** Folder for instance records, output and temporary files, absolute. */
  folder: string;
  /** Unique name of this Escale on this host: letters and digits. */
  owner: string;
  programFolders: string[];
  /** Folder for compiled code, absolute. */
  compileCaches: string;
  /** What services must be able to read to run as another user: artifacts, programs. */
  mustReach: string[];
}

/** How often adopted instances, whose end no signal tells, are looked at, ms. */
const ADOPTED_POLL_MS = 150;

/** What forks while it is ended is looked for again; each round leaves less of it. */
const MOST_KILL_ROUNDS = 200;

interface Live {
  stored: StoredInstance;
  identity: ProcessIdentity;
  output: InstanceOutput;
  watcher: FSWatcher;
  /** A former supervisor started it. */
  isAdopted: boolean;
  /** Of a step of a pipeline. */
  stepWatch: StepWatch | null;
}

/** Instances as child processes of this host (Linux: it reads /proc). */
export class ProcessRuntime implements Runtime {
  private readonly live = new Map<string, Live>();
  private readonly records: InstanceRecords;
  private readonly limiter: Limiter | null;
  private readonly setting: LaunchSetting;
  private readonly separateUsers: boolean;
  private readonly owner: string;
  /** Why an instance was ended by a watchdog. */
  private readonly endedFor = new Map<string, string>();
  private exitListener: (exit: InstanceExit) => void = () => {};
  private outputListener: (id: string) => void = () => {};
  private poll: NodeJS.Timeout | null = null;

  constructor(options: ProcessRuntimeOptions) {
    this.owner = options.owner;
    this.records = new InstanceRecords(options.folder);
    this.limiter = findLimiter(options.owner);
    this.separateUsers =
      process.getuid?.() === 0 && [options.folder, ...options.mustReach].every(reachableByOthers);
    this.setting = {
      owner: options.owner,
      programFolders: options.programFolders,
      compileCaches: options.compileCaches,
      userOf: (request) => this.userOf(request),
      isRoot: process.getuid?.() === 0,
    };
  }

  async recover(): Promise<InstanceRecord[]> {
    const families = findFamilies(this.owner);
    for (const stored of this.records.readAll()) this.recoverOne(stored, families);
    for (const pids of families.values()) for (const pid of pids) killProcess(pid, 'SIGKILL');
    if (this.live.size > 0) this.startPolling();
    return [...this.live.values()].map((live) => live.stored.record);
  }

  /** Adopts it where its main process lives; otherwise ends what is left of it. Takes its pids out of `families`. */
  private recoverOne(stored: StoredInstance, families: Map<string, number[]>): void {
    const { id } = stored.record;
    const pids = families.get(id) ?? [];
    const identity = stored.identity ?? oldestOf(pids);
    if (identity === null || !isAlive(identity) || !pids.includes(identity.pid)) {
      for (const pid of pids) killProcess(pid, 'SIGKILL');
      families.delete(id);
      this.limiter?.forget(id);
      this.records.remove(id);
      return;
    }
    families.delete(id);
    this.adopt({ ...stored, identity, record: { ...stored.record, pid: identity.pid } });
  }

  private adopt(stored: StoredInstance): void {
    this.records.write(stored);
    this.track(stored, true);
  }

  async start(request: StartRequest): Promise<InstanceRecord> {
    const intent = intentOf(request);
    this.records.write(intent);
    const child = await this.spawn(request);
    const identity = identify(child.pid!) ?? { bootId: '', pid: child.pid!, startTime: '' };
    const stored = { ...intent, identity, record: { ...intent.record, pid: child.pid! } };
    this.confine(stored);
    this.track(stored, false);
    // A step waits at its gate until it is fenced: nothing that it starts can be outside.
    child.stdin?.on('error', () => {
      // It has ended already.
    });
    child.stdin?.end('\n');
    child.once('exit', (code, signal) => this.ended(request.id, code, signal));
    if (child.exitCode !== null || child.signalCode !== null)
      this.ended(request.id, child.exitCode, child.signalCode);
    this.complete(stored);
    return stored.record;
  }

  /** Where there is no room for it, the instance is found by its mark, as after a crash at this moment. */
  private complete(stored: StoredInstance): void {
    try {
      this.records.write(stored);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  private async spawn(request: StartRequest): Promise<ChildProcess> {
    if (!existsSync(request.artifact)) throw cannotStart(request, `its folder ${request.artifact} is gone`);
    const child = launch(request, this.records.folderOf(request.id), this.setting);
    const problem = await new Promise<Error | null>((resolve) => {
      child.once('spawn', () => resolve(null));
      child.once('error', resolve);
    });
    if (problem === null) return child;
    this.records.remove(request.id);
    throw cannotStart(request, spawnProblem(request.command[0]!, problem));
  }

  private confine(stored: StoredInstance): void {
    try {
      this.limiter?.confine(stored.record.id, stored.identity!.pid, stored.launch.limits);
    } catch {
      // It has ended already, or the group can't be made; the watchdog of `stats` still holds.
    }
  }

  private track(stored: StoredInstance, isAdopted: boolean): void {
    const { id } = stored.record;
    const folder = this.records.folderOf(id);
    const watcher = watch(folder, (_event, name) => {
      if (name === null || isOutput(name)) this.outputListener(id);
    });
    watcher.on('error', () => watcher.close());
    this.live.set(id, {
      stored,
      identity: stored.identity!,
      output: new InstanceOutput(folder, isAdopted),
      watcher,
      isAdopted,
      stepWatch: this.watchStep(stored),
    });
  }

  private watchStep({ record, launch: { workspace, limits } }: StoredInstance): StepWatch | null {
    if (workspace === undefined) return null;
    const folders = [this.records.folderOf(record.id), workspace.folder];
    return new StepWatch({ folders, limits, tooMuch: (reason) => this.endFor(record.id, reason) });
  }

  signal(id: string, signal: 'stop' | 'kill'): void {
    const live = this.live.get(id);
    if (live === undefined || !isAlive(live.identity)) return;
    if (signal === 'stop') killProcess(live.identity.pid, live.stored.launch.stopSignal);
    else this.killAll(id, live.identity);
  }

  async listening(id: string): Promise<Listening> {
    const live = this.live.get(id);
    if (live === undefined || live.stored.record.port === null) return { state: 'none', otherPorts: [] };
    return listeningOf(live.identity.pid, live.stored.record.port);
  }

  async stats(): Promise<InstanceStats[]> {
    const sessions = allSessions();
    return [...this.live].map(([id, live]) => {
      const pids = sessions.get(live.identity.pid) ?? [live.identity.pid];
      const memoryBytes = pids.reduce((sum, pid) => sum + residentBytes(pid), 0);
      this.watchMemory(id, live, memoryBytes);
      this.watchDisk(id, live);
      return { id, memoryBytes, cpuMs: pids.reduce((sum, pid) => sum + (processStat(pid)?.cpuMs ?? 0), 0) };
    });
  }

  /** Where no controller of the kernel may be used, the runtime ends what goes over its limit itself. */
  private watchMemory(id: string, live: Live, memoryBytes: number): void {
    const limit = live.stored.launch.limits.memoryBytes;
    if (this.limiter !== null || limit === null || memoryBytes <= limit) return;
    this.endFor(id, `went over its memory limit of ${Math.round(limit / 1e6)} MB`);
  }

  private watchDisk(id: string, live: Live): void {
    const limit = live.stored.launch.limits.diskBytes;
    if (
      live.stepWatch !== null ||
      limit === null ||
      folderBytes(path.join(this.records.folderOf(id), 'tmp')) <= limit
    )
      return;
    this.endFor(id, `its temporary folder went over its disk limit of ${Math.round(limit / 1e6)} MB`);
  }

  private endFor(id: string, reason: string): void {
    this.endedFor.set(id, reason);
    this.signal(id, 'kill');
  }

  async forget(id: string): Promise<void> {
    this.live.get(id)?.watcher.close();
    this.live.get(id)?.stepWatch?.close();
    this.live.delete(id);
    this.limiter?.forget(id);
    this.records.remove(id);
  }

  /** The end of this supervisor: nothing of the instances is touched. */
  close(): void {
    if (this.poll !== null) clearInterval(this.poll);
    for (const { watcher, stepWatch } of this.live.values()) {
      watcher.close();
      stepWatch?.close();
    }
    this.limiter?.close();
  }

  onExit(listener: (exit: InstanceExit) => void): void {
    this.exitListener = listener;
  }

  onOutput(listener: (id: string) => void): void {
    this.outputListener = listener;
  }

  async readOutput(id: string): Promise<OutputChunk[]> {
    return this.live.get(id)?.output.read() ?? [];
  }

  capabilities(): Record<string, string> {
    return {
      limits: this.limiter?.describe() ?? 'memory only, by watching (no cgroup may be used here)',
      user: this.separateUsers
        ? 'another user for each system'
        : 'the same user as Escale: trusted code only (Escale does not run as root, or its folders are closed to others)',
    };
  }

  onFound(): void {
    // All of them are found at `recover`.
  }

  async join(): Promise<null> {
    return null;
  }

  async prepare(): Promise<void> {
    // The artifact is all that it needs.
  }

  networks(): never[] {
    return [];
  }

  onNetwork(): void {
    // There are none.
  }

  async tidy(): Promise<void> {
    // Nothing is shared by what it starts.
  }

  async forgetVolumes(): Promise<void> {
    // Their folders are the caller's own.
  }

  exec(id: string, command: string[]): ExecProcess {
    const live = this.live.get(id);
    if (live === undefined) throw new EscaleError('instance-unknown', `no instance ${id} runs here`);
    const environment = environmentOf(live.identity.pid);
    const child = spawn(command[0]!, command.slice(1), {
      cwd: live.stored.launch.artifact,
      env: environment,
      detached: true,
      ...(this.userOf({ ...live.stored.record, mustReach: [] }) ?? {}),
    });
    child.stdin.on('error', () => {
      // It reads no (more) input.
    });
    child.once('exit', () => killSession(child.pid!));
    const exit = new Promise<ExecEnd>((resolve) => {
      child.once('close', (code, signal) =>
        resolve({ code: code ?? 128 + constants.signals[signal!], problem: null }),
      );
      child.once('error', (problem) => resolve(neverRan(command[0]!, problem)));
    });
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      exit,
      kill: () => killSession(child.pid!),
    };
  }

  /** Services and jobs of a system share a user; each of its resources has one that they are not. */
  private userOf({ environment, system, service, role, mustReach }: Whose): InstanceUser {
    if (!this.separateUsers || !mustReach.every(reachableByOthers)) return null;
    const step = stepOfEnvironment(environment);
    if (step !== null) return userOfStep({ ...step, owner: this.owner }, role);
    return userFor(environment, role === 'resource' ? `${system}/${service}` : system);
  }

  private startPolling(): void {
    this.poll ??= setInterval(() => this.lookAtAdopted(), ADOPTED_POLL_MS);
  }

  private lookAtAdopted(): void {
    // The end of its own children is told by the kernel, with how they ended.
    for (const [id, live] of this.live)
      if (live.isAdopted && !isAlive(live.identity)) this.ended(id, null, null);
  }

  private ended(id: string, code: number | null, signal: string | null): void {
    const live = this.live.get(id);
    if (live === undefined || live.stored.identity === null) return;
    live.stored.identity = null;
    live.stepWatch?.close();
    this.killAll(id, live.identity);
    if (live.stored.launch.workspace !== undefined) this.sweep(live.stored);
    const limit = this.limitReached(live.stored);
    const killed = limit === null && signal === 'SIGKILL';
    this.exitListener({ id, code, signal, killed, reason: limit ?? reasonOf(code, signal) });
  }

  /** Ends every process of an instance, also those that left its session, its mark behind them, or fork on. */
  private killAll(id: string, leader: ProcessIdentity): void {
    const isStep = this.live.get(id)?.stored.launch.workspace !== undefined;
    for (let round = 0; round < (isStep ? MOST_KILL_ROUNDS : 1); round++) {
      const confined = this.limiter?.processes(id) ?? [];
      const pids = new Set([...membersOf({ id, leader, owner: this.owner }), ...confined]);
      for (const pid of pids) killProcess(pid, 'SIGKILL');
      if (pids.size === 0) return;
    }
  }

  /** What a step left behind under its run's user, once no other step of the run is there. */
  private sweep({ record }: StoredInstance): void {
    const user = this.userOf({ ...record, mustReach: [] });
    const others = [...this.live.values()].some(({ stored }) => {
      const theirs = this.userOf({ ...stored.record, mustReach: [] });
      return stored.identity !== null && theirs?.uid === user?.uid;
    });
    if (user === null || others) return;
    for (let round = 0; round < MOST_KILL_ROUNDS; round++) {
      const pids = processesOfUser(user.uid);
      for (const pid of pids) killProcess(pid, 'SIGKILL');
      if (pids.length === 0) return;
    }
  }

  /** Which of its limits ended it; null when none did. */
  private limitReached({ record, launch }: StoredInstance): string | null {
    const why = this.endedFor.get(record.id);
    this.endedFor.delete(record.id);
    if (why !== undefined) return why;
    if (!this.limiter?.ranOutOfMemory(record.id)) return null;
    return `went over its memory limit of ${Math.round((launch.limits.memoryBytes ?? 0) / 1e6)} MB`;
  }
}

function reasonOf(code: number | null, signal: string | null): string {
  if (signal !== null) return `was ended by ${signal}`;
  if (code !== null) return `exited with code ${code}`;
  return 'ended (how is not known: it was adopted from a former supervisor)';
}

function intentOf(request: StartRequest): StoredInstance {
  const { id, system, environment, service, role, run, release, rollout, port } = request;
  const { command, artifact, limits, dataFolder, stopSignal, workspace } = request;
  const identity = { id, system, environment, service, role, run, release, rollout, port };
  return {
    record: { ...identity, startedAt: Date.now(), pid: null },
    launch: { command, artifact, limits, dataFolder, stopSignal, ...(workspace && { workspace }) },
    identity: null,
  };
}

/** The first process of a family: what was spawned when the supervisor died before it could write its pid down. */
function oldestOf(pids: number[]): ProcessIdentity | null {
  const leaders = pids.filter((pid) => processStat(pid)?.session === pid);
  return leaders.length === 0 ? null : identify(leaders[0]!);
}

function environmentOf(pid: number): Record<string, string> {
  const words = (readProc(pid, 'environ') ?? '').split('\0').filter((word) => word.includes('='));
  return Object.fromEntries(
    words.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
}

function residentBytes(pid: number): number {
  const pages = readProc(pid, 'statm')?.split(' ')[1];
  return pages === undefined ? 0 : Number(pages) * 4096;
}

function killSession(leader: number): void {
  for (const pid of sessionMembers(leader)) killProcess(pid, 'SIGKILL');
}

function killProcess(pid: number, signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

function neverRan(program: string, error: NodeJS.ErrnoException): ExecEnd {
  const code = error.code === 'EACCES' && isThere(program) ? 126 : 127;
  return { code, problem: spawnProblem(program, error) };
}

function cannotStart(request: StartRequest, why: string): EscaleError {
  return new EscaleError('instance-start-failed', `${request.service} can't be started: ${why}`, {
    place: `${request.role}s.${request.service}.command`,
    next: 'Check that the program is installed on this host and that the command names it.',
  });
}
