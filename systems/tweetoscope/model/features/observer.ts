import { type Prefix, usableMark } from '../cascade.ts';
import { CountSums } from './count-sums.ts';
import { DecayGrid, type GridFit } from './decay-grid.ts';
import { SeismicSums } from './seismic-sums.ts';

/** Names of the features, in the order of PrefixObserver.features(); logarithms are natural. */
export const FEATURE_NAMES = [
  'log n',
  'log growth since 1/4',
  'log growth since 1/2',
  'log growth since 3/4',
  'log rate, last 1/8',
  'log rate, last 1/4',
  'log rate, last 1/2',
  'log root followers',
  'log followers',
  'mean log followers',
  'log largest followers',
  'mean time / T',
  'median time / T',
  'SEISMIC log p',
  'SEISMIC log followers',
  'SEISMIC log direct',
  'SEISMIC reacted share',
  'Hawkes log p',
  'Hawkes log beta',
  'Hawkes log G1',
  'unmarked log beta',
  'unmarked log G1',
  'unmarked log p',
  'log silence',
  'log first time',
  'log tenth time',
] as const;

/**
 * The features of a prefix, kept up to date event by event: O(1) time for each event and O(1) memory for a cascade.
 * The window (seconds) is known in advance; events after it are ignored. Events come in the order of their times.
 */
export class PrefixObserver {
  readonly window: number;
  readonly #root: number;
  readonly #counts: CountSums;
  readonly #seismic: SeismicSums;
  readonly #marked: DecayGrid;
  readonly #unmarked = new DecayGrid(1);

  constructor(window: number, rootMark: number) {
    if (!(window > 0)) throw new RangeError(`a window must be longer than 0 s, got ${window}`);
    this.window = window;
    this.#root = usableMark(rootMark);
    this.#counts = new CountSums(window);
    this.#seismic = new SeismicSums(window);
    this.#seismic.add(0, this.#root, true);
    this.#marked = new DecayGrid(this.#root);
  }

  /** Events seen, the root counted. */
  get size(): number {
    return this.#counts.events + 1;
  }

  /** A retweet `time` seconds after the root; false where it is after the window. Throws RangeError on a step back. */
  add(time: number, followers: number): boolean {
    if (time > this.window) return false;
    if (!(time >= this.#counts.last))
      throw new RangeError(`time ${time} is before the last event's ${this.#counts.last}`);
    const mark = usableMark(followers);
    this.#counts.add(time, mark);
    this.#seismic.add(time, mark);
    this.#marked.add(time, mark);
    this.#unmarked.add(time, 1);
    return true;
  }

  /** The features at the window's end, all finite, in the order of FEATURE_NAMES. */
  features(): Float64Array {
    return Float64Array.of(
      ...this.#countFeatures(),
      ...this.#seismicFeatures(),
      ...this.#hawkesFeatures(),
      ...this.#timing(),
    );
  }

  #countFeatures(): number[] {
    const c = this.#counts;
    const grown = (share: number) => Math.log(this.size / (1 + c.within(share)));
    const rate = (share: number) => Math.log((c.events - c.within(1 - share) + 0.5) / share);
    return [
      Math.log(this.size),
      ...[0.25, 0.5, 0.75].map(grown),
      ...[0.125, 0.25, 0.5].map(rate),
      Math.log1p(this.#root),
      Math.log1p(c.marks),
      c.logMarks / Math.max(1, c.events),
      Math.log1p(c.largest),
      c.events > 0 ? c.times / c.events / this.window : 0.5,
      c.median(),
    ];
  }

  #seismicFeatures(): number[] {
    const { infectiousness, followers, reacted } = this.#seismic.state();
    return [
      Math.log(infectiousness + 1e-9),
      Math.log(followers),
      Math.log1p(infectiousness * (followers - reacted)),
      reacted / followers,
    ];
  }

  #hawkesFeatures(): number[] {
    const [marked, unmarked] = [this.#marked.fit(this.window), this.#unmarked.fit(this.window)];
    const direct = (fit: GridFit) => Math.log(Math.exp(fit.logP) * fit.tail + 1e-3);
    const none = [Math.log(1e-6), Math.log(1 / 3600), Math.log(1e-3)];
    const [p, beta, g1] = marked ? [marked.logP, marked.logBeta, direct(marked)] : none;
    const [up, ubeta, ug1] = unmarked ? [unmarked.logP, unmarked.logBeta, direct(unmarked)] : none;
    return [p!, beta!, g1!, ubeta!, ug1!, up!];
  }

  #timing(): number[] {
    const { firstTimes, last } = this.#counts;
    return [this.window - last, firstTimes[0] ?? this.window, firstTimes[9] ?? this.window].map(Math.log1p);
  }
}

/** The features of a whole prefix, by an observer that sees it once. */
export function featuresOf({ times, marks, until }: Prefix): Float64Array {
  const observer = new PrefixObserver(until, marks[0]!);
  for (let i = 1; i < times.length; i++) observer.add(times[i]!, marks[i]!);
  return observer.features();
}
