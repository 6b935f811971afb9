import type { Stray } from '../core/contracts/index.ts';
import { type Drift, driftOf } from '../core/drift/index.ts';
import { isAway } from '../core/errors/index.ts';
import { type ResolvedSystem, secretsOfSystem } from '../core/manifest/index.ts';
import type { ArtifactStore } from '../delivery/index.ts';
import type { Deployments } from './deployments.ts';
import { keyOf, type Place, placeOf } from './place.ts';
import type { Secrets } from './secrets.ts';
import type { Deployment, Store } from './store/index.ts';

export interface DriftWatchParts {
  store: Store;
  deployments: Deployments;
  secrets: Secrets;
  artifacts: ArtifactStore;
  /** What others have changed of what the engine has applied. Throws while the engine is away. */
  strayed: (place: Place) => Promise<Stray[]>;
  isBusy: (place: Place) => boolean;
  /** Brings a place back to what its release says. */
  repair: (place: Place) => Promise<unknown>;
  /** Said once for each thing that came away. */
  tell: (place: Place & { toRelease: number }, drift: Drift) => void;
}

const BEAT_MS = 10_000;
/** Artifacts whose files are looked at in one beat: the host has other things to do. */
const LOOKS = 20;

/** Sees where what runs has come away from what its release says; shows it, or sets it right where the file says so. */
export class DriftWatch {
  private readonly parts: DriftWatchParts;
  /** Names of secrets, by what a release is: that never changes. */
  private readonly names = new WeakMap<ResolvedSystem, string[]>();
  private readonly told = new Set<string>();
  private readonly changed = new Set<string>();
  /** As it was last seen, by place. */
  private readonly strays = new Map<string, Drift[]>();
  private readonly waiting: string[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(parts: DriftWatchParts) {
    this.parts = parts;
  }

  resume(): void {
    this.timer = setInterval(() => void this.pass().catch((error) => console.error(error)), BEAT_MS).unref();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** As far as it is known now. */
  of(deployment: Deployment): Drift[] {
    const { release, up, wanted, secrets: used = {} } = deployment;
    if (!up || release === null) return [];
    const { deployments, secrets } = this.parts;
    const { system, artifacts } = deployments.resolution(deployment, release);
    const counts = Object.fromEntries(Object.entries(wanted).map(([name, { count }]) => [name, count]));
    const names = this.namesOf(system);
    const newest = names.length === 0 ? {} : secrets.known(placeOf(deployment), names);
    const own = driftOf({ ...{ system, artifacts, counts, used, newest }, changedArtifacts: this.changed });
    return [...own, ...(this.strays.get(keyOf(deployment)) ?? [])];
  }

  private namesOf(system: ResolvedSystem): string[] {
    const names = this.names.get(system) ?? secretsOfSystem(system);
    this.names.set(system, names);
    return names;
  }

  /** Whether the file of the release that runs there says that drift is to be set right. */
  isRepaired({ system, environment, release }: Deployment): boolean {
    if (release === null) return false;
    return this.parts.deployments.deliveryOf({ system, environment }, release).drift === 'repair';
  }

  /** The same of the release that is being brought there, while one is. */
  takesBack({ system, environment }: Place): boolean {
    const { store, deployments } = this.parts;
    const [newest] = store.rolloutHeads(system, environment, 1);
    const under = newest?.state === 'running' ? newest.toRelease : null;
    const release = under ?? deployments.find({ system, environment })?.release ?? null;
    return release !== null && deployments.deliveryOf({ system, environment }, release).drift === 'repair';
  }

  /** Looks once at everything that is up. */
  async pass(): Promise<void> {
    await this.lookAtFiles();
    const seen = new Set<string>();
    for (const deployment of this.parts.store.deployments().filter(({ up }) => up)) {
      if (this.parts.isBusy(deployment)) continue;
      await this.lookAtObjects(deployment);
      const found = this.of(deployment);
      for (const drift of found) {
        const key = `${keyOf(deployment)} ${drift.kind} ${drift.service} ${drift.message}`;
        seen.add(key);
        if (!this.told.has(key))
          this.parts.tell({ ...placeOf(deployment), toRelease: deployment.release! }, drift);
      }
      const mends =
        found.some(({ kind }) => kind === 'number' || kind === 'secret') && this.isRepaired(deployment);
      if (mends) await this.parts.repair(placeOf(deployment)).catch((error) => console.error(error));
    }
    this.told.clear();
    for (const key of seen) this.told.add(key);
  }

  /** What others have changed is set right by whoever compares wishes. */
  private async lookAtObjects(place: Place): Promise<void> {
    const found = await this.parts.strayed(placeOf(place)).catch((error: unknown) => {
      if (!isAway(error)) console.error(error);
      return null;
    });
    if (found === null) return;
    const drifts = found.map(({ service, message }) => ({ kind: 'others' as const, service, message }));
    this.strays.set(keyOf(place), drifts);
  }

  /** A few at a time, each in its turn. */
  private async lookAtFiles(): Promise<void> {
    const { store, deployments, artifacts } = this.parts;
    if (this.waiting.length === 0) {
      const running = store.deployments().filter(({ up, release }) => up && release !== null);
      const digests = running.flatMap((place) =>
        Object.values(deployments.resolution(place, place.release!).artifacts),
      );
      this.waiting.push(...new Set(digests));
    }
    for (const digest of this.waiting.splice(0, LOOKS)) {
      if (await artifacts.isWhole(digest)) this.changed.delete(digest);
      else this.changed.add(digest);
    }
  }
}
