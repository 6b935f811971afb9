import { type Prefix, withOrderedTies, withUsableMarks } from '../cascade.ts';
import { decaySums, type HawkesParameters } from './exponential.ts';

/** Above this branching factor a cascade counts as supercritical, and its expected size is computed at this value. */
export const MAX_BRANCHING = 0.98;

/** What a fit says of the future. */
export interface HawkesOutlook {
  /** n* = p·E[M], children per event; as fitted, may exceed MAX_BRANCHING. */
  readonly branching: number;
  /** G1 = p·A_T: events still to come as direct children of those seen. */
  readonly direct: number;
  /** N∞ = n + G1/(1−n*), events; n* is held at the cap (1: as the report has it, finite only by its bounds). */
  readonly size: number;
  readonly supercritical: boolean;
}

/** Expected final size of a cascade under a fit, with marks of mean `meanMark` followers; n* counts up to `cap`. */
export function outlook(
  prefix: Prefix,
  fit: HawkesParameters,
  meanMark: number,
  cap = MAX_BRANCHING,
): HawkesOutlook {
  const branching = fit.p * meanMark;
  const direct = fit.p * decaySums(withOrderedTies(withUsableMarks(prefix)), fit.beta).tail;
  const supercritical = branching > cap;
  const size = prefix.times.length + direct / (1 - Math.min(branching, cap));
  return { branching, direct, size, supercritical };
}
