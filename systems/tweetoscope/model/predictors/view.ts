import { type Prefix, soundPrefix, withOrderedTies, withUsableMarks } from '../cascade.ts';
import { featuresOf } from '../features/observer.ts';

/** What a point model may look at; each part is computed when it is first asked for. */
export interface View {
  /** Events seen, the root counted. */
  readonly size: number;
  readonly features: Float64Array;
  readonly prefix: Prefix;
}

const views = new WeakMap<Prefix, { readonly view: View; readonly secondsPerUnit: number }>();

/**
 * The view of a prefix in seconds: usable marks, tied events in ascending order of marks (so that their order in the data
 * changes nothing). The same prefix gives the same view, whose features are computed once. Throws RangeError on what is
 * no prefix (see soundPrefix).
 */
export function viewOf(given: Prefix, secondsPerUnit = 1): View {
  const known = views.get(given);
  if (known?.secondsPerUnit === secondsPerUnit) return known.view;
  const sound = soundPrefix(inSeconds(given, secondsPerUnit));
  let features: Float64Array | undefined;
  let prefix: Prefix | undefined;
  const view: View = {
    size: sound.times.length,
    get features() {
      features ??= featuresOf(this.prefix);
      return features;
    },
    get prefix() {
      prefix ??= withOrderedTies(withUsableMarks(sound));
      return prefix;
    },
  };
  views.set(given, { view, secondsPerUnit });
  return view;
}

/** A microsecond's grid, so that the same time in minutes or days becomes the same seconds bit by bit. */
const GRID = 2 ** 20;

/** A time in seconds, to a microsecond. */
export function toSeconds(time: number, secondsPerUnit: number): number {
  return Math.round(time * secondsPerUnit * GRID) / GRID;
}

function inSeconds({ times, marks, until }: Prefix, secondsPerUnit: number): Prefix {
  const seconds = (time: number) => toSeconds(time, secondsPerUnit);
  return { times: times.map(seconds), marks, until: seconds(until) };
}
