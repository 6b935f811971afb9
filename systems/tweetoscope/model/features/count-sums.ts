const BINS = 64;
/** Logarithms are rounded to this grid, so that their sums do not depend on the order of tied events. */
const GRID = 2 ** 20;

/** Counts and marks of a window known in advance; O(1) for each event, and the order of tied events does not matter. */
export class CountSums {
  readonly #window: number;
  readonly #counts = new Float64Array(BINS);
  readonly firstTimes: number[] = [];
  events = 0;
  marks = 0;
  logMarks = 0;
  largest = 0;
  times = 0;
  last = 0;

  constructor(window: number) {
    this.#window = window;
  }

  /** A retweet at `time` seconds (not the root). */
  add(time: number, mark: number): void {
    this.events++;
    this.marks += mark;
    this.logMarks += Math.round(Math.log1p(mark) * GRID) / GRID;
    this.largest = Math.max(this.largest, mark);
    this.times += Math.round(time * 1024) / 1024;
    this.last = time;
    if (this.firstTimes.length < 10) this.firstTimes.push(time);
    this.#counts[Math.min(BINS - 1, Math.floor((time / this.#window) * BINS))]!++;
  }

  /** Retweets in the first `share` of the window (to a 64th). */
  within(share: number): number {
    const full = Math.round(share * BINS);
    let total = 0;
    for (let i = 0; i < full; i++) total += this.#counts[i]!;
    return total;
  }

  /** The share of the window at which half of the retweets had come, interpolated within a 64th; 0.5 without any. */
  median(): number {
    let before = 0;
    for (let i = 0; i < BINS; i++) {
      const here = this.#counts[i]!;
      if (here > 0 && before + here >= this.events / 2) return (i + (this.events / 2 - before) / here) / BINS;
      before += here;
    }
    return 0.5;
  }
}
