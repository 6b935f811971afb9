import path from 'node:path';
import type {
  DesiredResource,
  DesiredSystem,
  EnvironmentNetwork,
  InstancePlan,
  ObservedResource,
  ResourceAt,
  ResourceKind,
  ResourceLaunch,
  ResourceState,
  SecretReader,
} from '../core/contracts/index.ts';
import { EscaleError } from '../core/errors/index.ts';
import { externalAddress } from '../core/manifest/index.ts';
import { missingResource } from './decide.ts';
import { type Instance, isLeaving } from './instance.ts';
import type { Place } from './launcher.ts';
import type { StateFile } from './state.ts';
import { hostFor } from './surroundings.ts';
import { keyOf } from './table.ts';

export interface ResourcesParts {
  kinds: ResourceKind[];
  /** Folder of all resources of this host, absolute. */
  folder: string;
  file: StateFile;
  instances: Map<string, Instance>;
  secrets: SecretReader;
  /** Makes the network of an environment. */
  join: (wish: DesiredSystem) => Promise<unknown>;
  networks: () => EnvironmentNetwork[];
  /** Whether one answers is another thing than before. */
  changed: () => void;
}

interface Health {
  /** What it is: another one by the same name is asked afresh. */
  definition: string;
  ready: boolean;
  everReady: boolean;
  reason: string;
  /** Since the last time it was ready. */
  failures: number;
  sizeBytes: number | null;
  /** Its size is just being taken. */
  isSizing: boolean;
  /** How often it was asked in vain. */
  inVain: number;
  /** The one that failed last, for its last words. */
  lastInstance: string | null;
}

/** How often one that answers is asked again, ms. */
const CALM_MS = 2000;
/** On average between two questions to any: each is a log-in and costs milliseconds, ms. */
const APART_MS = 50;
/** One that does not answer yet is asked again soon at first, then more slowly: each question is a line in its log, ms. */
const EAGER_MS = { first: 40, longest: 500 };
/** One that answered is only believed not to when it was asked so often in vain: a busy machine may be slow. */
const VAIN_QUESTIONS = 3;
/** From one round of sizes to the next, ms. */
const SIZE_MS = 30_000;

/** The resources of this host and those elsewhere: what they are, and whether they answer. */
export class Resources {
  private readonly parts: ResourcesParts;
  private readonly health = new Map<string, Health>();
  private readonly watched = new Map<string, NodeJS.Timeout | null>();
  private sizes: NodeJS.Timeout | null = null;
  private isClosed = false;

  constructor(parts: ResourcesParts) {
    this.parts = parts;
  }

  start(): void {
    this.watchDesired();
    this.sizes = setTimeout(() => void this.takeSizes(), SIZE_MS);
  }

  close(): void {
    this.isClosed = true;
    if (this.sizes !== null) clearTimeout(this.sizes);
    for (const timer of this.watched.values()) if (timer !== null) clearTimeout(timer);
  }

  /** After another wish: new ones are asked from now on, those that nobody wants are not. */
  watchDesired(): void {
    const wanted = new Map(this.desired().map(([wish, resource]) => [keyOf(wish, resource.name), resource]));
    for (const [key, timer] of this.watched)
      if (JSON.stringify(wanted.get(key)) !== this.health.get(key)?.definition) {
        if (timer !== null) clearTimeout(timer);
        this.watched.delete(key);
        this.health.delete(key);
      }
    for (const key of wanted.keys())
      if (!this.watched.has(key)) {
        this.watched.set(key, null);
        this.healthOf(key);
        void this.ask(key);
      }
  }

  answers(key: string): boolean {
    return this.health.get(key)?.ready ?? false;
  }

  /** Why one does not answer, for people; empty when it does. */
  reasonOf(key: string): string {
    return this.health.get(key)?.reason ?? 'not asked yet';
  }

  /** What must answer before something is started, and why it does not, for people; null: nothing. */
  waitsFor(place: Place, plan: Pick<InstancePlan, 'resources'>): string | null {
    const missing = missingResource(place, plan, (key) => this.answers(key));
    return missing === null ? null : `waits for ${missing}: ${this.reasonOf(keyOf(place, missing))}`;
  }

  /** Whether it is known what a system has, and one of this name is not among it: it will never answer. */
  isNoMore(place: Place, name: string): boolean {
    const wish = this.parts.file.state.desired.find(
      (one) => one.system === place.system && one.environment === place.environment,
    );
    return wish !== undefined && !wish.resources.some((resource) => resource.name === name);
  }

  /** Its instance ended unasked, or could not be started. */
  failed(instance: Instance, reason: string): void {
    const health = this.healthOf(keyOf(instance.record, instance.record.service));
    health.failures += 1;
    health.lastInstance = instance.record.id;
    health.ready = false;
    health.reason = reason;
    this.parts.changed();
  }

  /** Its instance was stopped on purpose. */
  stopped({ record }: Instance): void {
    const health = this.health.get(keyOf(record, record.service));
    if (health === undefined) return;
    Object.assign(health, { ready: false, reason: 'it was stopped' });
    this.parts.changed();
  }

  /** It is asked at once: its instance has just begun, or has ended. */
  askNow(key: string): void {
    if (!this.watched.has(key)) return;
    this.healthOf(key).inVain = 0;
    const timer = this.watched.get(key);
    if (timer) clearTimeout(timer);
    void this.ask(key);
  }

  /** What is noted of where it listens is what the process that is started next does. */
  async launch(place: Place, name: string): Promise<ResourceLaunch> {
    const key = keyOf(place, name);
    const found = this.findWithWish(key);
    if (found === null) throw new Error(`no resource ${name} is wanted`);
    const [wish, resource] = found;
    if (wish.engine !== undefined) await this.parts.join(wish);
    const networks = this.networksOf(wish);
    const launch = await this.kindOf(resource).prepare({ ...this.at(place, resource), networks });
    const { resourceNetworks } = this.parts.file.state;
    this.parts.file.note({ resourceNetworks: { ...resourceNetworks, [key]: addressesOf(networks) } });
    return launch;
  }

  /** Whether it runs, and can't be reached from where what needs it runs: it has to be started again. */
  isOutOfReach(instance: Instance): boolean {
    const key = keyOfInstance(instance);
    const wish = this.findWithWish(key)?.[0];
    if (wish?.engine === undefined) return false;
    const listensOn = this.parts.file.state.resourceNetworks[key] ?? [];
    return !addressesOf(this.networksOf(wish)).every((address) => listensOn.includes(address));
  }

  private networksOf({ environment, engine }: DesiredSystem): EnvironmentNetwork[] {
    if (engine === undefined) return [];
    return this.parts.networks().filter((network) => network.environment === environment);
  }

  /** The variables that whoever uses these resources gets. Secret. */
  bindings(place: Place, { resources, engine }: InstancePlan): Record<string, string> {
    const variables = resources.flatMap(({ resource: name, prefix }) => {
      const resource = this.find(keyOf(place, name));
      if (resource === null) return [];
      const host = hostFor(place, name, engine);
      const bound = this.kindOf(resource).bindings({ ...this.reach(place, resource), host });
      return Object.entries(bound).map(([variable, value]) => [prefix + variable, value]);
    });
    return Object.fromEntries(variables);
  }

  /** The same with its secrets: for those who connect to it. */
  private reach(place: Place, resource: DesiredResource): ResourceAt {
    const { secrets } = resource;
    const lookUp = (name: string) => this.parts.secrets.value(place, name, secrets?.[name]);
    return { ...this.at(place, resource), external: externalAddress(resource, lookUp) };
  }

  /** Where it is, as state and pages may show it: references to secrets are not filled in. */
  at(place: Place, { name, external }: DesiredResource): ResourceAt {
    const { system, environment } = place;
    const folder = path.join(this.parts.folder, environment, system, name);
    const port = external === null ? (this.parts.file.state.resourcePorts[keyOf(place, name)] ?? 0) : 0;
    return { system, environment, name, folder, port, external };
  }

  observe(): ObservedResource[] {
    const instances = new Map(this.instances().map((instance) => [keyOfInstance(instance), instance]));
    return this.desired().map(([wish, resource]) => {
      const { system, environment } = wish;
      const { name, type, external } = resource;
      const key = keyOf(wish, name);
      const health = this.healthOf(key);
      const instance = instances.get(key);
      const at = this.at(wish, resource);
      return {
        ...{ system, environment, name, type, external: external !== null },
        state: stateOf(health, instance),
        reason: health.ready ? '' : health.reason,
        instance: instance?.record.id ?? health.lastInstance,
        pid: instance?.record.pid ?? null,
        port: at.port === 0 ? null : at.port,
        folder: external === null ? at.folder : null,
        sizeBytes: health.sizeBytes,
        memoryBytes: instance?.memoryBytes ?? null,
        cpu: instance?.cpu ?? null,
        startedAt: instance?.record.startedAt ?? null,
        failures: health.failures,
      };
    });
  }

  private async ask(key: string): Promise<void> {
    this.watched.set(key, null);
    const found = this.findWithWish(key);
    if (found === null || this.isClosed) return;
    const [wish, resource] = found;
    const health = this.healthOf(key);
    const isThere = resource.external !== null || this.instanceOf(key) !== undefined;
    const problem = isThere ? await this.probe(wish, resource) : this.absenceOf(key);
    // Meanwhile it may have become another thing, which is asked afresh.
    if (this.isClosed || this.health.get(key) !== health) return;
    this.judge(key, problem);
    if (this.watched.get(key) !== null) return;
    const isStarting = problem !== null && isThere && resource.external === null;
    const calmMs = Math.max(CALM_MS, this.watched.size * APART_MS);
    const waitMs = isStarting ? eagerness(this.healthOf(key).inVain) : calmMs;
    this.watched.set(
      key,
      setTimeout(() => void this.ask(key), waitMs),
    );
  }

  private async probe(wish: DesiredSystem, resource: DesiredResource): Promise<string | null> {
    try {
      return await this.kindOf(resource).probe(this.reach(wish, resource));
    } catch (error) {
      if (error instanceof EscaleError) return error.message;
      throw error;
    }
  }

  /** A start that failed said why; otherwise it is only not there yet. */
  private absenceOf(key: string): string {
    return this.healthOf(key).reason || 'it is not running';
  }

  private judge(key: string, problem: string | null): void {
    const health = this.healthOf(key);
    const instance = this.instanceOf(key);
    const ready = problem === null;
    if (!ready && health.ready && ++health.inVain < VAIN_QUESTIONS) return;
    const isNews = ready !== health.ready || (!ready && problem !== health.reason);
    health.ready = ready;
    health.reason = problem ?? '';
    health.inVain = ready ? 0 : health.inVain + 1;
    if (ready) Object.assign(health, { everReady: true, failures: 0 });
    if (ready && health.sizeBytes === null) void this.takeSize(key);
    if (isNews || (ready && instance !== undefined && instance.readiness !== 'ready')) this.parts.changed();
  }

  /** One after the other: a round of many large ones may take longer than the time to the next. */
  private async takeSizes(): Promise<void> {
    for (const key of [...this.health.keys()]) await this.takeSize(key);
    if (this.isClosed) return;
    this.sizes = setTimeout(() => void this.takeSizes(), SIZE_MS);
  }

  private async takeSize(key: string): Promise<void> {
    const found = this.findWithWish(key);
    const health = this.health.get(key);
    if (found === null || health === undefined || health.isSizing) return;
    const [wish, resource] = found;
    health.isSizing = true;
    health.sizeBytes = await this.kindOf(resource)
      .size(this.at(wish, resource))
      .catch(() => null);
    health.isSizing = false;
  }

  private healthOf(key: string): Health {
    const known = this.health.get(key);
    if (known !== undefined) return known;
    const definition = JSON.stringify(this.find(key));
    const unknown = {
      ...{ definition, ready: false, everReady: false },
      ...{ reason: '', failures: 0, sizeBytes: null, isSizing: false, lastInstance: null, inVain: 0 },
    };
    this.health.set(key, unknown);
    return unknown;
  }

  private find(key: string): DesiredResource | null {
    return this.findWithWish(key)?.[1] ?? null;
  }

  private findWithWish(key: string): [DesiredSystem, DesiredResource] | null {
    return this.desired().find(([wish, { name }]) => keyOf(wish, name) === key) ?? null;
  }

  private desired(): [DesiredSystem, DesiredResource][] {
    return this.parts.file.state.desired.flatMap((wish) =>
      wish.resources.map((resource): [DesiredSystem, DesiredResource] => [wish, resource]),
    );
  }

  private instanceOf(key: string): Instance | undefined {
    return this.instances().find((instance) => keyOfInstance(instance) === key);
  }

  private instances(): Instance[] {
    return [...this.parts.instances.values()].filter(({ record }) => record.role === 'resource');
  }

  private kindOf({ type }: DesiredResource): ResourceKind {
    const kind = this.parts.kinds.find((candidate) => candidate.type === type);
    if (kind === undefined) throw new Error(`no kind of resource ${type}`);
    return kind;
  }
}

function addressesOf(networks: EnvironmentNetwork[]): string[] {
  return networks.map(({ host, subnet }) => `${host} ${subnet}`);
}

function keyOfInstance({ record }: Instance): string {
  return keyOf(record, record.service);
}

function eagerness(inVain: number): number {
  return Math.min(EAGER_MS.longest, EAGER_MS.first * 1.3 ** inVain);
}

function stateOf(health: Health, instance: Instance | undefined): ResourceState {
  if (instance !== undefined && isLeaving(instance)) return 'stopping';
  if (health.ready) return 'ready';
  return health.everReady ? 'unready' : 'starting';
}
