import { type DesiredSystem, type Engine, wishDigest } from '../core/contracts/index.ts';
import { isDiskFull } from '../core/errors/index.ts';
import type { Deployments } from './deployments.ts';
import { type Artifacts, desiredAtRest } from './desired.ts';
import { differences } from './differences.ts';
import { type Place, placeOf } from './place.ts';
import type { Deployment, Rollout, Store } from './store/index.ts';

export interface UpkeepParts {
  store: Store;
  engine: Engine;
  deployments: Deployments;
  artifacts: Artifacts;
  /** Carries a rollout that was left on to its end. */
  carryOut: (rollout: Rollout) => Promise<unknown>;
  /** Ends a rollout that was left where it stands. */
  giveUp: (rollout: Rollout, reason: string) => void;
}

/** What is done at a place where nothing was asked for: it is brought to what the store says. */
export class Upkeep {
  private readonly parts: UpkeepParts;
  /** Of deployments as they are stored now: a release never changes, so what is wished changes with the row alone. */
  private readonly digests = new WeakMap<Deployment, string | null>();

  constructor(parts: UpkeepParts) {
    this.parts = parts;
  }

  /** Places that are not as the store says. */
  async differing(): Promise<Place[]> {
    const { store, engine } = this.parts;
    const digestOf = (deployment: Deployment) => this.digestOf(deployment);
    const said = { deployments: store.deployments(), unfinished: store.runningRollouts() };
    return differences({ ...said, held: await engine.wishes(), digestOf });
  }

  private digestOf(deployment: Deployment): string | null {
    const known = this.digests.get(deployment);
    if (known !== undefined) return known;
    const wish = this.wishOf(deployment);
    const digest = wish === null ? null : wishDigest(wish);
    this.digests.set(deployment, digest);
    return digest;
  }

  /** Finishes what was left half done there, and says again what should run. */
  async mend(place: Place): Promise<void> {
    const { engine, deployments } = this.parts;
    const left = this.leftAt(place);
    if (left !== null) await this.parts.carryOut(left);
    const wish = this.wishOf(deployments.mustExist(place));
    await (wish === null ? engine.remove(place.system, place.environment) : engine.apply(wish));
  }

  /**
   * Before something new is done there. What can't be finished does not stand in the way for ever: it is given up, but
   * for a full disk, which what is new would find full as well.
   */
  async clear(place: Place): Promise<void> {
    const left = this.leftAt(place);
    if (left === null) return;
    try {
      await this.parts.carryOut(left);
    } catch (error) {
      if (isDiskFull(error)) throw error;
      this.parts.giveUp(left, `it could not be finished: ${(error as Error).message}`);
    }
  }

  /** A rollout that neither ended nor goes on: it was interrupted by a crash, or its end could not be stored. */
  leftAt({ system, environment }: Place): Rollout | null {
    const [newest] = this.parts.store.rollouts(system, environment, 1);
    return newest?.state === 'running' ? newest : null;
  }

  /** What should run there while no rollout is going on; null when nothing should. */
  private wishOf(deployment: Deployment): DesiredSystem | null {
    const { up, release, wanted, secrets = {} } = deployment;
    if (!up || release === null) return null;
    const { deployments, artifacts } = this.parts;
    const place = placeOf(deployment);
    const resolve = (number: number) => deployments.resolution(place, number);
    return desiredAtRest({ place, wanted, release, secrets, resolve, artifacts });
  }
}
