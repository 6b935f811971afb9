import {
  type Cascade,
  exponentialDelay,
  longTailDelay,
  normal,
  powerLaw,
  type Random,
  randomOf,
  simulate,
} from '../../../systems/tweetoscope/model/index.ts';
import type { DataSet } from './data.ts';

const WEEK = 604_800;

/** Data unlike the 100 real cascades; simulated ones by fixed seeds, and variants of the real ones. */
export function otherData(real: readonly Cascade[]): DataSet[] {
  const sets: DataSet[] = [
    {
      name: 'small: median root 3,000 followers',
      cascades: longTailed(300, { root: 3000, p: 0.0008, seed: 11 }),
    },
    {
      name: 'medium: median root 60,000 followers',
      cascades: longTailed(200, { root: 60_000, p: 0.0008, seed: 12 }),
    },
    { name: 'huge roots: median 2 million', cascades: longTailed(100, { root: 2e6, p: 0.0004, seed: 13 }) },
    { name: 'report: exponential kernel, α = 2.4', cascades: reportLike(200, 14) },
    {
      name: 'followers unknown',
      cascades: withMarks(longTailed(200, { root: 60_000, p: 0.0008, seed: 15 }), Number.NaN),
    },
    {
      name: 'times in whole minutes',
      cascades: coarse(longTailed(200, { root: 60_000, p: 0.0008, seed: 16 }), 60),
    },
    { name: 'only 30 cascades', cascades: longTailed(30, { root: 60_000, p: 0.0008, seed: 17 }) },
  ];
  if (real.length === 0) return sets;
  return [
    ...sets,
    { name: 'real, followers unknown', cascades: withMarks(real, Number.NaN) },
    { name: 'real, all followers 0', cascades: withMarks(real, 0) },
    { name: 'real, whole minutes', cascades: coarse(real, 60) },
    { name: 'real, the first 40', cascades: real.slice(0, 40) },
  ];
}

interface Population {
  readonly root: number;
  readonly p: number;
  readonly seed: number;
}

function longTailed(count: number, { root, p, seed }: Population): Cascade[] {
  const random = randomOf(seed);
  const marks = (draw: Random) => Math.round(182 * Math.exp(1.3 * normal(draw)));
  return Array.from({ length: count }, () => {
    const truth = {
      p: p * Math.exp(0.4 * normal(random)),
      root: Math.round(root * Math.exp(1.2 * normal(random))),
      marks,
      delay: longTailDelay(),
    };
    return simulate(truth, { horizon: WEEK, events: 50_000 }, random);
  });
}

function reportLike(count: number, seed: number): Cascade[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => {
    const truth = {
      p: Math.min(0.027, 0.02 * Math.exp(0.3 * normal(random))),
      root: Math.round(powerLaw(random, 2.4, 500)),
      marks: { alpha: 2.4, mu: 10 },
      delay: exponentialDelay((1 / 1800) * Math.exp(0.5 * normal(random))),
    };
    return simulate(truth, { horizon: WEEK, events: 50_000 }, random);
  });
}

function withMarks(cascades: readonly Cascade[], mark: number): Cascade[] {
  return cascades.map(({ times, marks }) => ({ times, marks: marks.map(() => mark) }));
}

function coarse(cascades: readonly Cascade[], step: number): Cascade[] {
  return cascades.map(({ times, marks }) => ({
    times: times.map((t) => Math.floor(t / step) * step),
    marks,
  }));
}
