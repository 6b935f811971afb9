import { EscaleError } from '../core/errors/index.ts';
import { type ResolvedDelivery, resolveDelivery, type SystemFile } from '../core/manifest/index.ts';
import type { Resolution } from '../core/plan/index.ts';
import { keyOf, type Place, placeOf } from './place.ts';
import { resolveRelease } from './resolve.ts';
import type { Deployment, Store } from './store/index.ts';

const KEPT = 5000;

/** What is recorded of systems in environments, looked up; what is not there is an error that says what is. */
export class Deployments {
  private readonly store: Store;
  // A release never changes: what it is in an environment is made once.
  private readonly resolutions = new Map<string, Resolution>();
  private readonly deliveries = new Map<string, ResolvedDelivery>();

  constructor(store: Store) {
    this.store = store;
  }

  find(place: Place): Deployment | null {
    return this.store.deployment(place.system, place.environment);
  }

  mustExist(place: Place): Deployment {
    const deployment = this.find(place);
    if (deployment !== null) return deployment;
    const known = [...new Set(this.store.deployments().map(({ system }) => system))];
    const next =
      known.length > 0 ? `Known here: ${known.join(', ')}.` : 'Deliver one: `escale up` in its folder.';
    throw new EscaleError(
      'system-unknown',
      `no system "${place.system}" was delivered to ${place.environment}`,
      { next },
    );
  }

  mustBeUp(place: Place): Deployment & { release: number } {
    const deployment = this.mustExist(place);
    const { up, release } = deployment;
    if (up && release !== null) return { ...deployment, release };
    throw new EscaleError('system-down', `${place.system} is not up in ${place.environment}`);
  }

  /** A kept release as the environment sees it. */
  resolution(place: Place, number: number): Resolution {
    const key = `${keyOf(place)}/${number}`;
    const known = this.resolutions.get(key);
    if (known !== undefined) return known;
    const release = this.store.release(place.system, number);
    if (release !== null) return keep(this.resolutions, key, resolveRelease(release, place.environment));
    const kept = this.store.releaseHeads(place.system).map((one) => one.number);
    const next = `Kept are: ${kept.join(', ') || 'none'}.`;
    throw new EscaleError('release-unknown', `${place.system} has no release ${number}`, { next });
  }

  /** A kept release's file. */
  fileOf({ system }: Place, number: number): SystemFile {
    return this.store.release(system, number)?.model as SystemFile;
  }

  /** How releases come to an environment, as a kept release's file says it. */
  deliveryOf({ system, environment }: Place, number: number): ResolvedDelivery {
    const key = `${environment}/${system}/${number}`;
    const known = this.deliveries.get(key);
    if (known !== undefined) return known;
    const model = this.store.release(system, number)?.model as SystemFile;
    return keep(this.deliveries, key, resolveDelivery(model, environment));
  }

  /** A release of a system is kept no more. */
  forget(system: string, number: number): void {
    for (const known of [this.resolutions, this.deliveries])
      for (const key of known.keys()) if (key.endsWith(`/${system}/${number}`)) known.delete(key);
  }

  /** Whatever release of a system was recorded last. */
  newestRelease(place: Place): number {
    return this.store.releaseHeads(place.system)[0]?.number ?? 0;
  }

  /** What runs there; null when nothing does. */
  current(deployment: Deployment | null): Resolution | null {
    return deployment?.up ? this.last(deployment) : null;
  }

  /** What ran there last, up or not. */
  last(deployment: Deployment | null): Resolution | null {
    if (deployment?.release == null) return null;
    const { secrets = {} } = deployment;
    return { ...this.resolution(deployment, deployment.release), secrets };
  }

  /** The newest release below the one that runs that was ever promoted there. */
  releaseBefore({ system, environment, release }: Deployment & { release: number }): number {
    const kept = new Set(this.store.releaseHeads(system).map(({ number }) => number));
    const promoted = this.store
      .rolloutHeads(system, environment, 1000)
      .filter((rollout) => rollout.state === 'promoted' && rollout.toRelease < release)
      .map((rollout) => rollout.toRelease)
      .filter((number) => kept.has(number));
    if (promoted.length > 0) return Math.max(...promoted);
    throw new EscaleError(
      'nothing-before',
      `${system} has no release before ${release} in ${environment} to return to`,
    );
  }

  /** The host elsewhere that a place is on, or that its first rollout is bringing it to; null: this host. */
  targetOf(place: Place): string | null {
    const { system, environment } = place;
    const [newest] = this.store.rolloutHeads(system, environment, 1);
    const under = newest?.state === 'running' ? newest.toRelease : null;
    const number = under ?? this.find(place)?.release ?? newest?.toRelease ?? null;
    const isKept = this.store.releaseHeads(system).some((head) => head.number === number);
    return isKept ? this.resolution(place, number!).system.target : null;
  }

  /** Routes of all other systems that are up, each with its owner. */
  routesBeside(place: Place) {
    return this.store
      .deployments()
      .filter((other) => keyOf(other) !== keyOf(place))
      .flatMap((other) =>
        (this.current(other)?.system.routes ?? []).map((route) => ({ ...route, owner: placeOf(other) })),
      );
  }
}

/** In place of the oldest, where there are too many. */
function keep<T>(known: Map<string, T>, key: string, made: T): T {
  const [oldest] = known.keys();
  if (known.size >= KEPT && oldest !== undefined) known.delete(oldest);
  known.set(key, made);
  return made;
}
