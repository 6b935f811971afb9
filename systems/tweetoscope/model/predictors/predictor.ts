import { type Cascade, type Prefix, prefixOf } from '../cascade.ts';
import type { Forecast } from './forecast.ts';

/** A training cascade: what was seen at the window's end, and how large it became (events, the root counted). */
export interface Example {
  readonly prefix: Prefix;
  readonly size: number;
}

/** How a predictor is fitted. */
export interface FitOptions {
  /** The observation window in the data's time unit. */
  readonly window: number;
  /** Seeds everything random. */
  readonly seed?: number;
  /** The intervals' level; 0.9 by default. */
  readonly level?: number;
  /** Length of the data's time unit in seconds; 1 by default. */
  readonly secondsPerUnit?: number;
}

/** A way to predict sizes; every one has this interface, so configuration chooses by name. */
export interface Method {
  readonly name: string;
  /** Learns from examples; with none (or too few for its kind) it still answers, `plain`. Odd cascades do no harm; RangeError on what is none. */
  fit(examples: readonly Example[], options: FitOptions): Predictor;
}

/** A fitted method for one window. */
export interface Predictor {
  readonly method: string;
  readonly window: number;
  /** Late events are sorted in, those after the prefix' end left out. Throws RangeError on what is no prefix. */
  predict(prefix: Prefix): Forecast;
  /** Follows one cascade event by event: O(1) for each event where the method works on features. */
  follow(rootMark: number): Follower;
  /** Plain JSON with a version; restorePredictor(json) answers bit by bit the same. */
  toJSON(): PredictorJson;
}

/** A cascade as it grows. */
export interface Follower {
  /** An event `time` units after the root, in order; false where it is after the window. */
  add(time: number, mark: number): boolean;
  /** The forecast for the window's end, as if no further event came before it. */
  forecast(): Forecast;
}

/** The JSON form of a predictor. */
export interface PredictorJson {
  readonly format: 'tweetoscope-predictor';
  readonly version: number;
  readonly method: string;
  readonly window: number;
  readonly level: number;
  readonly secondsPerUnit: number;
  readonly trained: boolean;
  readonly residuals: readonly number[];
  readonly point: unknown;
}

/** The examples of whole cascades for one window. */
export function examplesOf(cascades: readonly Cascade[], window: number): Example[] {
  return cascades.map((cascade) => ({ prefix: prefixOf(cascade, window), size: cascade.times.length }));
}
