import { type Prefix, withUsableMarks } from '../cascade.ts';
import { featuresOf } from '../features/observer.ts';

/** What a point model may look at; each part is computed when it is first asked for. */
export interface View {
  /** Events seen, the root counted. */
  readonly size: number;
  readonly features: Float64Array;
  readonly prefix: Prefix;
}

const views = new WeakMap<Prefix, View>();

/**
 * The view of a prefix in seconds: usable marks, tied events in ascending order of marks (so that their order in the data
 * changes nothing). The same prefix gives the same view, whose features are computed once.
 */
export function viewOf(given: Prefix): View {
  const known = views.get(given);
  if (known) return known;
  let features: Float64Array | undefined;
  let prefix: Prefix | undefined;
  const view: View = {
    size: given.times.length,
    get features() {
      features ??= featuresOf(this.prefix);
      return features;
    },
    get prefix() {
      prefix ??= withOrderedTies(withUsableMarks(given));
      return prefix;
    },
  };
  views.set(given, view);
  return view;
}

/** The same prefix with its times in seconds. */
export function inSeconds(prefix: Prefix, secondsPerUnit: number): Prefix {
  if (secondsPerUnit === 1) return prefix;
  const times = prefix.times.map((time) => time * secondsPerUnit);
  return { times, marks: prefix.marks, until: prefix.until * secondsPerUnit };
}

function withOrderedTies(prefix: Prefix): Prefix {
  const { times, marks } = prefix;
  let ordered: Float64Array | undefined;
  for (let start = 1, end = 2; start < times.length; start = end, end = start + 1) {
    while (end < times.length && times[end] === times[start]) end++;
    if (end - start < 2) continue;
    ordered ??= marks.slice();
    ordered.subarray(start, end).sort();
  }
  return ordered ? { ...prefix, marks: ordered } : prefix;
}
