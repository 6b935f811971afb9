/** A cascade: row 0 is the root. `times` in seconds (ascending), `marks` are followers; both of the same length ≥ 1. */
export interface Cascade {
  readonly times: Float64Array;
  readonly marks: Float64Array;
}

/** What is known of a cascade at the time `until` (seconds, the window's end): its events up to then, that time included. */
export interface Prefix extends Cascade {
  readonly until: number;
}

/** Followers assumed where they are unknown (NaN or negative): the median of 395,087 real retweets. */
export const UNKNOWN_MARK = 182;

/**
 * Makes a cascade of (seconds, followers) rows: the first row is the root and becomes time 0, late rows are sorted in.
 * Throws RangeError without rows, on a time that is no number, or before the root's.
 */
export function cascadeOf(rows: readonly (readonly [time: number, mark: number])[]): Cascade {
  const root = rows[0];
  if (!root) throw new RangeError('a cascade needs at least its root');
  const later = rows.slice(1).sort((a, b) => a[0] - b[0]);
  const sorted = [root, ...later];
  const bad = sorted.find(([time]) => !Number.isFinite(time) || time < root[0]);
  if (bad)
    throw new RangeError(`an event's time must be a number not before the root's ${root[0]}, got ${bad[0]}`);
  return {
    times: Float64Array.from(sorted, ([time]) => time - root[0]),
    marks: Float64Array.from(sorted, ([, mark]) => mark),
  };
}

/** Number of events with time ≤ `until` (seconds), the root counted; binary search. */
export function countUntil(cascade: Cascade, until: number): number {
  let low = 0;
  let high = cascade.times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cascade.times[middle]! <= until) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The events up to `until` seconds as views on the same memory; the root always belongs to it. */
export function prefixOf(cascade: Cascade, until: number): Prefix {
  const length = Math.max(1, countUntil(cascade, until));
  return { times: cascade.times.subarray(0, length), marks: cascade.marks.subarray(0, length), until };
}

/**
 * The same prefix with late events sorted in and without events after its end; the same object where it already is so.
 * Throws RangeError without a root, with a root not at time 0, on times that are no number or before the root's, and
 * where times and marks differ in number. O(n).
 */
export function soundPrefix(prefix: Prefix): Prefix {
  const { times, marks, until } = prefix;
  if (times.length !== marks.length)
    throw new RangeError(`a prefix has ${times.length} times but ${marks.length} marks`);
  if (times.length > 0 && times[0] !== 0) throw new RangeError(`the root must be at time 0, got ${times[0]}`);
  if (times.length > 0 && times.every((time, i) => i === 0 || time >= times[i - 1]!)) {
    return times.at(-1)! <= until ? prefix : prefixOf(prefix, until);
  }
  return prefixOf(cascadeOf(Array.from(times, (time, i) => [time, marks[i]!] as const)), until);
}

/** The same prefix with tied events in ascending order of marks; the same object where they already are. O(n). */
export function withOrderedTies<P extends Cascade>(cascade: P): P {
  const { times, marks } = cascade;
  let ordered: Float64Array | undefined;
  for (let start = 1, end = 2; start < times.length; start = end, end = start + 1) {
    while (end < times.length && times[end] === times[start]) end++;
    if (end - start < 2 || ascends(marks, start, end)) continue;
    ordered ??= marks.slice();
    ordered.subarray(start, end).sort();
  }
  return ordered ? { ...cascade, marks: ordered } : cascade;
}

function ascends(values: Float64Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) if (!(values[i]! >= values[i - 1]!)) return false;
  return true;
}

/** The followers a model may use: unknown ones (NaN, negative, infinite) become UNKNOWN_MARK, the rest is at least 1. */
export function usableMark(mark: number): number {
  if (!(mark >= 0) || mark === Number.POSITIVE_INFINITY) return UNKNOWN_MARK;
  return Math.max(1, mark);
}

/** The same prefix with usable marks only; the same object where they already are. */
export function withUsableMarks<P extends Cascade>(cascade: P): P {
  const { marks } = cascade;
  for (let i = 0; i < marks.length; i++) {
    if (usableMark(marks[i]!) !== marks[i]) return { ...cascade, marks: marks.map(usableMark) };
  }
  return cascade;
}
