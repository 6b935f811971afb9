export interface LimitParts {
  /** So many within a window are free. */
  most: number;
  windowMs: number;
  now: () => number;
}

/** More keys than this are not remembered: the oldest goes first. */
const MOST_KEYS = 10_000;

/** Counts something by key (an address, a name) and says how long one that came too often has to wait. */
export class Limit {
  private readonly parts: LimitParts;
  private readonly windows = new Map<string, { count: number; endsAt: number }>();

  constructor(parts: LimitParts) {
    this.parts = parts;
  }

  /** ms until the next one is free; 0: it is now. */
  waitOf(key: string): number {
    const window = this.windows.get(key);
    if (window === undefined || window.count < this.parts.most) return 0;
    return Math.max(0, window.endsAt - this.parts.now());
  }

  add(key: string): void {
    const { now, windowMs } = this.parts;
    const window = this.windows.get(key);
    if (window !== undefined && window.endsAt > now()) {
      window.count += 1;
      return;
    }
    this.windows.delete(key);
    this.windows.set(key, { count: 1, endsAt: now() + windowMs });
    if (this.windows.size > MOST_KEYS) this.windows.delete(this.windows.keys().next().value!);
  }

  /** One that was counted was none. */
  forgive(key: string): void {
    const window = this.windows.get(key);
    if (window !== undefined) window.count = Math.max(0, window.count - 1);
  }
}
