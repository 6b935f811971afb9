import { RESOURCE_HOLD_MS } from '../core/contracts/index.ts';

/** Resources that are kept stopped. Nobody has to come back to let one go: it is let go unless it is asked for again. */
export class Holds {
  /** Until when, by `environment/system/name`, ms since 1970. */
  private readonly ends = new Map<string, number>();

  hold(key: string, now: number): void {
    this.ends.set(key, now + RESOURCE_HOLD_MS);
  }

  letGo(key: string): void {
    this.ends.delete(key);
  }

  isHeld(key: string, now: number): boolean {
    return (this.ends.get(key) ?? 0) > now;
  }

  /** The soonest end to come, ms since 1970; null when nothing is held. */
  nextEnd(now: number): number | null {
    const ends = [...this.ends.values()].filter((end) => end > now);
    return ends.length === 0 ? null : Math.min(...ends);
  }
}
