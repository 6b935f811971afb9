import type { Engine, ReleaseRecord } from '../core/contracts/index.ts';
import { isAway } from '../core/errors/index.ts';
import type { Deployments } from './deployments.ts';
import { keyOf, type Place, placeOf } from './place.ts';
import type { Store } from './store/index.ts';

export interface ReleaseRecordsParts {
  store: Store;
  deployments: Deployments;
  engine: Engine;
  isBusy: (place: Place) => boolean;
}

const BEAT_MS = 10_000;
/** Rollouts of a place that are looked through for the newest one of each release. */
const ROLLOUTS = 1000;

/** Tells engines that keep them for others which releases a place ran: again and again, so that a crash loses none. */
export class ReleaseRecords {
  private readonly parts: ReleaseRecordsParts;
  /** What each place was last told, as text. */
  private readonly told = new Map<string, string>();
  private timer: NodeJS.Timeout | null = null;

  constructor(parts: ReleaseRecordsParts) {
    this.parts = parts;
  }

  resume(): void {
    this.timer = setInterval(() => void this.pass(), BEAT_MS).unref();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  /** Every place that is up. */
  private async pass(): Promise<void> {
    const { store, isBusy } = this.parts;
    for (const deployment of store.deployments()) if (!isBusy(deployment)) await this.tell(deployment);
  }

  /** Never throws: who is away, or can't keep it now, is told later. */
  async tell(of: Place): Promise<void> {
    const place = placeOf(of);
    const { engine, deployments } = this.parts;
    if (deployments.find(place)?.up !== true) return void this.told.delete(keyOf(place));
    try {
      const records = this.recordsOf(place);
      const text = JSON.stringify(records);
      if (this.told.get(keyOf(place)) === text) return;
      await engine.recordReleases?.(place, records);
      this.told.set(keyOf(place), text);
    } catch (error) {
      if (!isAway(error)) console.error(error);
    }
  }

  /** Kept releases that were brought there, newest first. */
  private recordsOf(place: Place): ReleaseRecord[] {
    const { store } = this.parts;
    const rollouts = store.rolloutHeads(place.system, place.environment, ROLLOUTS);
    return store.releaseHeads(place.system).flatMap(({ number, commit, createdAt }) => {
      const rollout = rollouts.find(({ toRelease, kind }) => toRelease === number && kind !== 'scale');
      if (rollout === undefined) return [];
      const { startedAt, endedAt, state, reason } = rollout;
      return [
        {
          ...{ release: number, commit, madeAt: createdAt, beganAt: startedAt, endedAt },
          ...{ verdict: state, reason, programs: this.programsOf(place, number) },
        },
      ];
    });
  }

  private programsOf(place: Place, number: number): ReleaseRecord['programs'] {
    const { system, artifacts } = this.parts.deployments.resolution(place, number);
    const all = [...Object.values(system.services), ...Object.values(system.jobs)];
    return Object.fromEntries(
      all
        .filter(({ name }) => artifacts[name] !== undefined)
        .map(({ name, command }) => [name, { artifact: artifacts[name]!, program: command[0] ?? 'node' }]),
    );
  }
}
