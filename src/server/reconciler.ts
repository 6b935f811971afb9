import { isAway } from '../core/errors/index.ts';
import type { ByPlace } from './by-place.ts';
import type { Place } from './place.ts';
import { Retries } from './retries.ts';

export interface ReconcilerParts {
  /** What goes on at each place; nothing is set right where something does. */
  places: ByPlace;
  /** Places that are not as they should be. Throws `process-away` while the engine is. */
  look: () => Promise<Place[]>;
  /** Brings one of them to what it should be by now. */
  mend: (place: Place) => Promise<void>;
  /** Says why one could not be mended; once for each reason. */
  tell: (place: Place, error: Error) => void;
  now: () => number;
}

/** Between two looks while nothing happens, ms. */
const BEAT_MS = 10_000;
/** Between two tries to ask an engine that is away, ms. */
const AWAY_MS = 250;

/**
 * Compares what is with what should be, on a slow beat and whenever it is woken, and sets right what differs: level
 * triggered, so that nothing depends on a message that came at the right moment.
 */
export class Reconciler {
  private readonly parts: ReconcilerParts;
  private readonly retries = new Retries();
  private timer: NodeJS.Timeout | null = null;
  private looksAt = 0;
  private isGoing = false;

  constructor(parts: ReconcilerParts) {
    this.parts = parts;
  }

  /** Looks now, also at what was to wait: something has happened that may help. Goes on looking on the beat. */
  wake(): void {
    this.isGoing = true;
    this.retries.reset();
    this.lookIn(0);
  }

  stop(): void {
    this.isGoing = false;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Looks once. Resolves when whatever was due is mended or has failed. */
  async pass(): Promise<void> {
    await Promise.all(this.begin(await this.parts.look()));
  }

  private async beat(): Promise<void> {
    this.timer = null;
    try {
      this.begin(await this.parts.look());
      this.lookIn(BEAT_MS);
    } catch (error) {
      if (!isAway(error) && this.isGoing) console.error(error);
      this.lookIn(isAway(error) ? AWAY_MS : BEAT_MS);
    }
  }

  private begin(differing: Place[]): Promise<void>[] {
    const { places, now } = this.parts;
    this.retries.keepOnly(differing);
    const due = differing.filter((place) => !places.isBusy(place) && this.retries.isDue(place, now()));
    return due.map((place) => places.run(place, () => this.mend(place)));
  }

  private async mend(place: Place): Promise<void> {
    const { mend, tell, now } = this.parts;
    try {
      await mend(place);
      this.retries.succeeded(place);
    } catch (error) {
      const isNews = this.retries.failedAt(place, (error as Error).message, now());
      if (isNews && !isAway(error)) tell(place, error as Error);
      this.lookIn(this.retries.next()! - now());
    }
  }

  /** At the latest: an earlier look that is planned already stays. */
  private lookIn(ms: number): void {
    const at = performance.now() + Math.max(0, ms);
    if (!this.isGoing || (this.timer !== null && this.looksAt <= at)) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.looksAt = at;
    this.timer = setTimeout(() => void this.beat(), Math.max(0, ms)).unref();
  }
}
