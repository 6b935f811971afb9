import type { EnginePlace } from '../../core/contracts/index.ts';
import {
  instanceId,
  namespaceOf,
  observePlace,
  type Pod,
  type ServiceTraffic,
  serviceOf,
} from '../../core/kubernetes/index.ts';
import type { Cluster } from './api/index.ts';
import { PlaceWatch, type SeenObjects } from './place-watch.ts';
import { type KeptWish, WishRecord } from './wish-record.ts';

export type PlaceObservation = ReturnType<typeof observePlace>;

const NOTHING: PlaceObservation = {
  ...{ instances: [], resources: [], runs: [], sets: [], services: [] },
  gateway: null,
};

/** One system in one environment: its namespace, what is wished there and what goes on. */
export class PlaceInCluster {
  readonly place: EnginePlace;
  readonly namespace: string;
  private readonly record: WishRecord;
  private readonly newWatch: () => PlaceWatch;
  /** Null: nobody has looked since nothing is wished here. */
  private watching: PlaceWatch | null = null;
  /** What went through its gateway, as it was last asked. */
  traffic: Record<string, ServiceTraffic> = {};
  /** It was looked at, and nothing was there; whoever brings something there wakes it. */
  private isEmpty = false;
  /** Undefined: not read yet. Nobody else writes it. */
  private kept: KeptWish | null | undefined;

  constructor(cluster: Cluster, place: EnginePlace, onChange: (of: PlaceInCluster) => void) {
    this.place = place;
    this.namespace = namespaceOf(place.system, place.environment);
    this.record = new WishRecord(cluster);
    this.newWatch = () => new PlaceWatch(cluster, this.namespace, () => onChange(this));
  }

  /** Follows what goes on there, from now on. */
  get watch(): PlaceWatch {
    return this.wake();
  }

  wake(): PlaceWatch {
    this.isEmpty = false;
    this.watching ??= this.newWatch();
    return this.watching;
  }

  /** Nothing is there any more that changes. */
  rest(): void {
    this.watching?.close();
    this.watching = null;
    this.isEmpty = true;
  }

  async wish(): Promise<KeptWish | null> {
    if (this.kept === undefined) this.kept = await this.record.read(this.namespace);
    return this.kept;
  }

  /** Asks the cluster again. */
  async wishNow(): Promise<KeptWish | null> {
    this.kept = await this.record.read(this.namespace);
    return this.kept;
  }

  async keep(wish: Omit<KeptWish, 'digest'>, state: 'begun' | 'done'): Promise<void> {
    this.kept = undefined;
    await this.record.write(this.namespace, wish, state);
  }

  async forget(): Promise<void> {
    this.kept = undefined;
    await this.record.forget(this.namespace);
  }

  async observe(now: number): Promise<PlaceObservation> {
    const wish = await this.wish();
    if (wish === null && this.isEmpty) return NOTHING;
    const isFirst = this.watching === null;
    const seen = await this.watch.look();
    // Runs of jobs may be there without a wish.
    if (wish === null && isFirst && seen.pods.length === 0 && seen.jobs.length === 0) this.rest();
    return this.shown(seen, wish, now);
  }

  /** As far as it is known. */
  known(now: number): PlaceObservation {
    return this.watching === null ? NOTHING : this.shown(this.watching.known(), this.kept ?? null, now);
  }

  podOf(instance: string): Pod | null {
    return this.pods(undefined).find((pod) => instanceId(pod) === instance) ?? null;
  }

  pods(service: string | undefined): Pod[] {
    const all = this.watching?.known().pods ?? [];
    return service === undefined ? all : all.filter((pod) => serviceOf(pod) === service);
  }

  private shown(seen: SeenObjects, kept: KeptWish | null, now: number): PlaceObservation {
    const { place, traffic } = this;
    return observePlace({ ...seen, place, traffic, wish: kept?.desired ?? null, now });
  }
}

/** Every place that this cluster is responsible for. */
export class Places {
  private readonly cluster: Cluster;
  private readonly known = new Map<string, PlaceInCluster>();
  private readonly onChange: (of: PlaceInCluster) => void;

  constructor(cluster: Cluster, onChange: (of: PlaceInCluster) => void) {
    this.cluster = cluster;
    this.onChange = onChange;
  }

  of({ system, environment }: EnginePlace): PlaceInCluster {
    const key = `${environment}/${system}`;
    const known =
      this.known.get(key) ?? new PlaceInCluster(this.cluster, { system, environment }, this.onChange);
    this.known.set(key, known);
    return known;
  }

  all(): PlaceInCluster[] {
    return [...this.known.values()];
  }

  close(): void {
    for (const place of this.known.values()) place.rest();
  }
}
