import { type Cascade, cascadeOf } from './cascade.ts';
import type { MarkLaw } from './hawkes/marks.ts';
import { delayAt } from './kernel/seismic-kernel.ts';
import { exponential, powerLaw, type Random } from './math/random.ts';

/** How a child's delay after its parent is drawn, seconds. */
export type DelayLaw = (random: Random) => number;

/** A cascade's truth. */
export interface Truth {
  /** Events per follower. */
  readonly p: number;
  readonly delay: DelayLaw;
  /** Followers of the retweeters: a power law, or any law of one's own. */
  readonly marks: MarkLaw | ((random: Random) => number);
  /** Followers of the root. */
  readonly root: number;
}

/** Where a simulation stops: at `horizon` seconds, and at `events` events (earliest branches first). */
export interface Limits {
  readonly horizon: number;
  readonly events: number;
}

/** Delays of the exponential kernel with `beta` per second. */
export function exponentialDelay(beta: number): DelayLaw {
  return (random) => exponential(random) / beta;
}

/** Delays of SEISMIC's kernel. */
export function longTailDelay(): DelayLaw {
  return (random) => delayAt(random());
}

/**
 * A marked Hawkes cascade by the cluster method: every event has Poisson(p·m) children, each after a delay of its own.
 * A cascade that reaches `limits.events` is cut there (then its last events are no fair sample: use a horizon).
 */
export function simulate(truth: Truth, limits: Limits, random: Random): Cascade {
  const rows: [number, number][] = [[0, truth.root]];
  for (let parent = 0; parent < rows.length; parent++) {
    const [time, mark] = rows[parent]!;
    for (let left = truth.p * mark - exponential(random); left > 0; left -= exponential(random)) {
      const at = time + truth.delay(random);
      if (at <= limits.horizon) rows.push([at, drawMark(truth, random)]);
      if (rows.length >= limits.events) return cascadeOf(rows);
    }
  }
  return cascadeOf(rows);
}

function drawMark({ marks }: Truth, random: Random): number {
  return typeof marks === 'function' ? marks(random) : powerLaw(random, marks.alpha, marks.mu);
}
