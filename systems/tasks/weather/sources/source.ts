import type { ForecastQuery } from '../forecast/query.ts';

/** A block of Open-Meteo's answer: arrays parallel to `time`, or single values in `current`. */
export type Block = Record<string, (number | string | null)[]>;
export type Values = Record<string, number | string | null>;

/** Open-Meteo's answer for one point, and where it came from. */
export interface Forecast {
  latitude: number;
  longitude: number;
  generationtime_ms: number;
  utc_offset_seconds: number;
  timezone: string;
  timezone_abbreviation: string;
  elevation: number;
  current_units?: Record<string, string>;
  current?: Values;
  hourly_units?: Record<string, string>;
  hourly?: Block;
  daily_units?: Record<string, string>;
  daily?: Block;
  /** Ours: the name of the source. */
  source: string;
}

/** Something that knows the weather. */
export interface Source {
  name: string;
  /** Rejects with `SourceDown` when it can't be had. */
  forecast: (query: ForecastQuery) => Promise<Forecast>;
}

/** The source can't be reached, is too slow, or says nonsense. `ageSeconds`: of the last answer known, null: none. */
export class SourceDown extends Error {
  ageSeconds: number | null = null;
}
