import type {
  EnvironmentNetwork,
  ExecProcess,
  HostEngine,
  InstanceExit,
  InstanceRecord,
  InstanceStats,
  Listening,
  OutputChunk,
  Preparation,
  Runtime,
  StartRequest,
} from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';

/** Several engines of one host as one: each instance is with the one that it was started by. */
export class Runtimes implements Runtime {
  private readonly engines: Record<HostEngine, Runtime>;
  private readonly owners = new Map<string, Runtime>();

  constructor(engines: Record<HostEngine, Runtime>) {
    this.engines = engines;
  }

  async recover(): Promise<InstanceRecord[]> {
    const all = await Promise.all(
      this.all().map(async (engine) => (await engine.recover()).map((record) => this.note(record, engine))),
    );
    return all.flat();
  }

  onFound(listener: (record: InstanceRecord) => void): void {
    for (const engine of this.all()) engine.onFound((record) => listener(this.note(record, engine)));
  }

  join(environment: string, engine: HostEngine): Promise<EnvironmentNetwork | null> {
    return this.engines[engine].join(environment, engine);
  }

  networks(): EnvironmentNetwork[] {
    return this.all().flatMap((engine) => engine.networks());
  }

  onNetwork(listener: () => void): void {
    for (const engine of this.all()) engine.onNetwork(listener);
  }

  async tidy(needed: Parameters<Runtime['tidy']>[0]): Promise<void> {
    await Promise.all(this.all().map((engine) => engine.tidy(needed)));
  }

  async forgetVolumes(place: { system: string; environment: string }): Promise<void> {
    await Promise.all(this.all().map((engine) => engine.forgetVolumes(place)));
  }

  prepare(what: Preparation): Promise<void> {
    return this.engines[what.engine ?? 'process'].prepare(what);
  }

  async start(request: StartRequest): Promise<InstanceRecord> {
    const engine = this.engines[request.engine ?? 'process'];
    // It may end before its start has returned.
    this.owners.set(request.id, engine);
    try {
      return await engine.start(request);
    } catch (error) {
      this.owners.delete(request.id);
      throw error;
    }
  }

  signal(id: string, signal: 'stop' | 'kill'): void {
    this.owners.get(id)?.signal(id, signal);
  }

  async listening(id: string): Promise<Listening> {
    return (await this.owners.get(id)?.listening(id)) ?? { state: 'none', otherPorts: [] };
  }

  /** One that does not answer hides nothing of the others. */
  async stats(): Promise<InstanceStats[]> {
    const all = await Promise.all(this.all().map((engine) => engine.stats().catch(() => [])));
    return all.flat();
  }

  async forget(id: string): Promise<void> {
    await this.owners.get(id)?.forget(id);
    this.owners.delete(id);
  }

  onExit(listener: (exit: InstanceExit) => void): void {
    for (const engine of this.all()) engine.onExit(listener);
  }

  capabilities(): Record<string, string> {
    return Object.assign({}, ...this.all().map((engine) => engine.capabilities()));
  }

  exec(id: string, command: string[]): ExecProcess {
    const engine = this.owners.get(id);
    if (engine === undefined) throw new EscaleError('instance-unknown', `no instance ${id} runs here`);
    return engine.exec(id, command);
  }

  async readOutput(id: string): Promise<OutputChunk[]> {
    return (await this.owners.get(id)?.readOutput(id)) ?? [];
  }

  onOutput(listener: (id: string) => void): void {
    for (const engine of this.all()) engine.onOutput(listener);
  }

  private all(): Runtime[] {
    return Object.values(this.engines);
  }

  private note(record: InstanceRecord, engine: Runtime): InstanceRecord {
    this.owners.set(record.id, engine);
    return record;
  }
}
