import { SeismicSums } from '../features/seismic-sums.ts';
import { MAX_BRANCHING } from '../hawkes/forecast.ts';
import { untrainedMethod } from './untrained-method.ts';
import type { View } from './view.ts';

/** SEISMIC's mean number of followers of a retweeter, its `n*` (the default of its authors' package). */
const MEAN_FOLLOWERS = 100;

/**
 * SEISMIC (Zhao et al., 2015): N = n + p̂(Σmᵢ − Σmᵢ Φ(T−tᵢ))/(1 − p̂·n*). Its authors answer infinity from p̂·n* = 1 on;
 * here p̂·n* is held at 0.98.
 */
export const seismic = untrainedMethod('seismic', seismicAhead);

/** Events to come by SEISMIC. */
export function seismicAhead({ prefix }: View): number {
  const sums = new SeismicSums(prefix.until);
  sums.add(0, prefix.marks[0]!, true);
  for (let i = 1; i < prefix.times.length; i++) sums.add(prefix.times[i]!, prefix.marks[i]!);
  const { infectiousness, followers, reacted } = sums.state();
  const branching = Math.min(infectiousness * MEAN_FOLLOWERS, MAX_BRANCHING);
  return (infectiousness * (followers - reacted)) / (1 - branching);
}
