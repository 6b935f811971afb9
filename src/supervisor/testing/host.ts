import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type {
  InstanceExit,
  InstanceRecord,
  ResourceKind,
  Runtime,
  SecretReader,
  StartRequest,
  Traffic,
} from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { Supervisor } from '../supervisor.ts';

/** Starts nothing: what was asked of it is written down, and a signal ends what it is sent to at once. */
export class FakeRuntime implements Runtime {
  readonly started: StartRequest[] = [];
  readonly signals: string[] = [];
  /** Awaited before an instance is there. */
  beforeStart: () => Promise<void> = async () => {};
  private readonly living = new Set<string>();
  private exit: (exit: InstanceExit) => void = () => {};

  recover = async (): Promise<InstanceRecord[]> => [];

  async start(request: StartRequest): Promise<InstanceRecord> {
    await this.beforeStart();
    this.started.push(request);
    this.living.add(request.id);
    const { id, system, environment, service, role, run, release, rollout, port } = request;
    const identity = { id, system, environment, service, role, run, release, rollout, port };
    return { ...identity, startedAt: Date.now(), pid: 4711 };
  }

  /** As to a real process: one that is not there hears nothing. */
  signal(id: string, signal: 'stop' | 'kill'): void {
    if (!this.living.delete(id)) return;
    this.signals.push(signal);
    setImmediate(() => this.exit({ id, code: 0, signal: null, killed: false, reason: 'exited with code 0' }));
  }

  onExit(listener: (exit: InstanceExit) => void): void {
    this.exit = listener;
  }

  onFound = () => {};
  join = async () => null;
  networks = () => [];
  prepare = async () => {};
  onNetwork = () => {};
  tidy = async () => {};
  forgetVolumes = async () => {};
  listening = async () => ({ state: 'own' as const });
  stats = async () => [];
  forget = async () => {};
  capabilities = () => ({});
  exec = (): never => {
    throw new Error('nothing runs here');
  };
  readOutput = async () => [];
  onOutput = () => {};
}

/** A gateway that is away. */
const traffic: Traffic = {
  apply: () => new Promise(() => {}),
  status: () => new Promise(() => {}),
  metrics: async () => '',
  onEvent: () => {},
  close: () => {},
};

/** A kind of resource that answers at once. */
export function kindOf(more: Partial<ResourceKind> = {}): ResourceKind {
  const notHere = async (): Promise<never> => {
    throw new Error('not in this test');
  };
  return {
    type: 'postgres',
    prepare: async (at) => ({
      ...{ command: ['serve'], env: {}, dataFolder: at.folder, stopSignal: 'SIGINT' as const },
      ...{ graceMs: 60_000, refusesRoot: false, mustReach: [] },
    }),
    probe: async () => null,
    bindings: (at) => ({ DATABASE_URL: at.external ?? `postgres://127.0.0.1:${at.port}` }),
    backup: notHere,
    verify: notHere,
    restore: notHere,
    size: async () => 1,
    database: null,
    ...more,
  };
}

/** A value says its name and version: `API_KEY@2`. */
const secrets: SecretReader = {
  value: (_place, name, version) => {
    if (version === undefined) throw new EscaleError('secret-missing', `${name} is not set`);
    return `${name}@${version}`;
  },
};

/** A supervisor over a runtime that only pretends, with a folder of its own. */
export async function hostOf(t: TestContext, kind: Partial<ResourceKind> = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'escale-supervisor-'));
  const runtime = new FakeRuntime();
  const at = (name: string) => path.join(folder, name);
  const supervisor = new Supervisor({
    ...{ folder: at('supervisor'), volumes: at('volumes'), resources: at('resources'), logs: at('logs') },
    ...{ kinds: [kindOf(kind)], runtime, traffic, clock: { now: () => Date.now() }, pages: null },
    gateway: () => ({ pid: null, problem: null }),
    secrets,
  });
  t.after(() => {
    supervisor.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await supervisor.start();
  /** Resolves when the picture shows it. */
  const until = async (isSo: (seen: ReturnType<Supervisor['observe']>) => boolean) => {
    while (!isSo(supervisor.observe())) await supervisor.news.next(100);
  };
  return { supervisor, runtime, until };
}
