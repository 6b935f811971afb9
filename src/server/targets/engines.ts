import { setTimeout as pause } from 'node:timers/promises';
import type {
  DesiredSystem,
  Engine,
  EnginePlace,
  HeldWish,
  JobRun,
  LogQuery,
  Observation,
  ReleaseRecord,
  ToldEvent,
} from '../../core/contracts/index.ts';
import { EscaleError } from '../../core/errors/index.ts';
import { ChangeCount } from '../../host/index.ts';
import { EventQueue } from './event-queue.ts';

export interface EnginesParts {
  /** Of this host. */
  local: Engine;
  /** Those elsewhere, by target. */
  elsewhere: () => Map<string, Engine>;
  /** Which target a place is on; null: this host. */
  targetOf: (place: EnginePlace) => string | null;
  /** Throws `target-unknown`. */
  engineOf: (target: string) => Engine;
}

/** Longest wait for a picture of a host elsewhere before the last one has to do, ms. */
const PICTURE_MS = 1500;
const AGAIN_MS = 500;
const ASK_MS = 10_000;

/**
 * The engines of this host and of those elsewhere as one: what is asked of a place goes to its host, a picture is of all. A
 * host that is away hurts nobody else: of it the last picture is shown.
 */
export class Engines implements Engine {
  private readonly parts: EnginesParts;
  /** What each target was last seen with. */
  private readonly seen = new Map<string, Observation>();
  /** What each held when it was last asked. */
  private readonly held = new Map<string, HeldWish[]>();
  /** Where instances were last seen. */
  private readonly instances = new Map<string, string>();
  private readonly stop = new AbortController();
  private readonly watched = new Set<string>();
  private readonly changes = new ChangeCount();

  constructor(parts: EnginesParts) {
    this.parts = parts;
  }

  close(): void {
    this.stop.abort();
  }

  // ---- what goes to one host

  async apply(desired: DesiredSystem) {
    return this.at(desired).apply(desired);
  }

  async run(run: JobRun) {
    return this.at(run).run(run);
  }

  async forgetRun(id: string, of?: EnginePlace) {
    return (of === undefined ? this.parts.local : this.at(of)).forgetRun(id);
  }

  async strayed(of: EnginePlace) {
    return (await this.at(of).strayed?.(of)) ?? [];
  }

  async recordReleases(of: EnginePlace, records: ReleaseRecord[]) {
    await this.at(of).recordReleases?.(of, records);
  }

  async holdResource(place: EnginePlace, name: string) {
    return this.at(place).holdResource(place, name);
  }

  async letGoResource(place: EnginePlace, name: string) {
    return this.at(place).letGoResource(place, name);
  }

  async remove(system: string, environment: string) {
    return this.at({ system, environment }).remove(system, environment);
  }

  logs(query: LogQuery, signal: AbortSignal) {
    return this.at(query).logs(query, signal);
  }

  async forgetLogs(system: string, environment: string) {
    return this.at({ system, environment }).forgetLogs(system, environment);
  }

  async forgetVolumes(system: string, environment: string) {
    return this.at({ system, environment }).forgetVolumes(system, environment);
  }

  async exec(request: Parameters<Engine['exec']>[0]) {
    return this.withInstance(request.instance).exec(request);
  }

  async forward(instance: string) {
    const session = this.withInstance(instance).forward?.(instance);
    if (session !== undefined) return session;
    throw new EscaleError('cluster-lacks', `${instance} runs in no cluster: it is reached at its address`);
  }

  async kill(instance: string) {
    return this.withInstance(instance).kill(instance);
  }

  // ---- what is of all

  async observe(of?: EnginePlace): Promise<Observation> {
    if (of !== undefined) return this.at(of).observe(of);
    const targets = [...this.parts.elsewhere()];
    const [here, ...there] = await Promise.all([
      this.parts.local.observe(),
      ...targets.map(([name, engine]) => this.picture(name, engine)),
    ]);
    return [here, ...there].reduce(together);
  }

  private async picture(name: string, engine: Engine): Promise<Observation> {
    const seen = await soon(engine.observe());
    if (seen !== null) this.note(name, seen);
    return seen ?? this.seen.get(name) ?? NOTHING;
  }

  private note(name: string, observation: Observation): void {
    this.seen.set(name, observation);
    for (const [id, target] of this.instances) if (target === name) this.instances.delete(id);
    for (const { id } of observation.instances) this.instances.set(id, name);
  }

  /** Those that are away hold what they held. */
  async wishes(): Promise<HeldWish[]> {
    const there = [...this.parts.elsewhere()].map(async ([name, engine]) => {
      const held = await soon(engine.wishes());
      if (held !== null) this.held.set(name, held);
      return this.held.get(name) ?? [];
    });
    return (await Promise.all([this.parts.local.wishes(), ...there])).flat();
  }

  async tidy(artifacts: string[]): Promise<void> {
    // What a host that is away keeps too long goes with the next release.
    for (const engine of this.parts.elsewhere().values()) void engine.tidy(artifacts).catch(() => {});
    await this.parts.local.tidy(artifacts);
  }

  /** Counts the changes of all. */
  async changed(seen: number, timeoutMs: number): Promise<number> {
    this.watch();
    // Whether this host's engine is there is what whoever waits wants to know.
    if (this.parts.elsewhere().size === 0) return this.parts.local.changed(seen, timeoutMs);
    return this.changes.after(seen, timeoutMs);
  }

  /** Of all, for as long as this host's engine is there; each source begins anew with what it still has. */
  async *events(signal: AbortSignal): AsyncIterable<ToldEvent> {
    const over = new AbortController();
    const ends = AbortSignal.any([signal, over.signal, this.stop.signal]);
    const queue = new EventQueue();
    void tell(this.parts.local, ends, queue).then(
      () => queue.end(null),
      (error) => queue.end(error),
    );
    for (const [name, engine] of this.parts.elsewhere()) void this.tellAgain(name, engine, ends, queue);
    this.hear = (name, engine) => void this.tellAgain(name, engine, ends, queue);
    try {
      yield* queue.all();
    } finally {
      over.abort();
    }
  }

  /** A target has been made known: whoever follows all follows it, too. */
  hear: (name: string, engine: Engine) => void = () => {};

  private async tellAgain(name: string, engine: Engine, ends: AbortSignal, queue: EventQueue): Promise<void> {
    while (!ends.aborted && this.parts.elsewhere().get(name) === engine) {
      await tell(engine, ends, queue).catch(() => {});
      await pause(AGAIN_MS, undefined, { ref: false });
    }
  }

  private watch(): void {
    const all = new Map<string, Engine>([['', this.parts.local], ...this.parts.elsewhere()]);
    for (const [name, engine] of all) if (!this.watched.has(name)) void this.follow(name, engine);
  }

  private async follow(name: string, engine: Engine): Promise<void> {
    this.watched.add(name);
    let seen = 0;
    while (!this.stop.signal.aborted && (name === '' || this.parts.elsewhere().get(name) === engine)) {
      const next = await engine.changed(seen, ASK_MS).catch(() => null);
      if (next === null) await pause(AGAIN_MS, undefined, { ref: false });
      if (next !== null && next !== seen) this.noteChange();
      seen = next ?? 0;
    }
    this.watched.delete(name);
  }

  /** Something has changed, here or elsewhere. */
  noteChange(): void {
    this.changes.note();
  }

  private at(place: EnginePlace): Engine {
    const target = this.parts.targetOf(place);
    return target === null ? this.parts.local : this.parts.engineOf(target);
  }

  private withInstance(id: string): Engine {
    const target = this.instances.get(id);
    return target === undefined ? this.parts.local : this.parts.engineOf(target);
  }
}

/** Null where there is no answer, or none in time: the connection may just be breaking. */
function soon<T>(answer: Promise<T>): Promise<T | null> {
  const late = pause(PICTURE_MS, null, { ref: false });
  return Promise.race([answer.catch(() => null), late]);
}

async function tell(engine: Engine, ends: AbortSignal, queue: EventQueue): Promise<void> {
  for await (const event of engine.events(ends)) queue.add(event);
}

const NOTHING: Observation = {
  ...{ instances: [], resources: [], runs: [], sets: [], services: [], capabilities: {} },
  gateway: { connected: false, pid: null, problem: null },
};

/** What this host can do stays what is said of it. */
function together(a: Observation, b: Observation): Observation {
  return {
    ...a,
    instances: [...a.instances, ...b.instances],
    resources: [...a.resources, ...b.resources],
    runs: [...a.runs, ...b.runs],
    sets: [...a.sets, ...b.sets],
    services: [...a.services, ...b.services],
  };
}
