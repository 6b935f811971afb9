import { keyOf, type Place } from './place.ts';

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/** When each place that could not be set right is tried again: later each time, and at once after something helped. */
export class Retries {
  private readonly failed = new Map<string, { times: number; notBefore: number; reason: string }>();

  isDue(place: Place, now: number): boolean {
    return (this.failed.get(keyOf(place))?.notBefore ?? 0) <= now;
  }

  /** Whether that is news: the first failure, or one for another reason. */
  failedAt(place: Place, reason: string, now: number): boolean {
    const before = this.failed.get(keyOf(place));
    const times = (before?.times ?? 0) + 1;
    const notBefore = now + Math.min(LONGEST_MS, FIRST_MS * 2 ** (times - 1));
    this.failed.set(keyOf(place), { times, notBefore, reason });
    return before?.reason !== reason;
  }

  succeeded(place: Place): void {
    this.failed.delete(keyOf(place));
  }

  /** Other places are as they should be, whoever has mended them. */
  keepOnly(places: Place[]): void {
    const keys = new Set(places.map(keyOf));
    for (const key of this.failed.keys()) if (!keys.has(key)) this.failed.delete(key);
  }

  /** Everything is due. */
  reset(): void {
    for (const one of this.failed.values()) one.notBefore = 0;
  }

  /** The soonest try, ms since 1970; null when nothing has failed. */
  next(): number | null {
    const all = [...this.failed.values()].map(({ notBefore }) => notBefore);
    return all.length === 0 ? null : Math.min(...all);
  }
}
