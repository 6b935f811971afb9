import { abbreviationOf, localDay, localTime, offsetOf } from '../../forecast/local-time.ts';
import type { ForecastQuery } from '../../forecast/query.ts';
import { type Quantity, type Units, write, writingOf } from '../../forecast/units.ts';
import { type Day, dayVariables, hourVariables } from '../../forecast/variables.ts';
import type { Block, Forecast, Source, Values } from '../source.ts';
import { elevationOf, hourAt } from './climate.ts';
import { daylightOf } from './sun.ts';

/** Weather made up from place and hour: needs no network, and is the same for everyone who asks. `now`: ms. */
export function simulatedSource(now: () => number = Date.now): Source {
  return { name: 'simulated', forecast: async (query) => forecast(query, now() / 1000) };
}

function forecast(query: ForecastQuery, now: number): Forecast {
  const began = performance.now();
  const offset = offsetOf(query.timezone, now);
  const today = Math.floor((now + offset) / 86_400) * 86_400 - offset;
  const view: View = {
    query,
    offset,
    start: today - query.pastDays * 86_400,
    days: query.days + query.pastDays,
  };
  const { latitude, longitude, timezone } = query;
  return {
    latitude,
    longitude,
    ...blocksOf(view, now),
    generationtime_ms: performance.now() - began,
    utc_offset_seconds: offset,
    timezone,
    timezone_abbreviation: abbreviationOf(timezone, now),
    elevation: elevationOf(query),
    source: 'simulated',
  };
}

interface View {
  query: ForecastQuery;
  /** Seconds east of GMT. */
  offset: number;
  /** The first local midnight, seconds since 1970. */
  start: number;
  days: number;
}

function blocksOf(view: View, now: number) {
  const { current, hourly, daily } = view.query;
  return {
    ...(current.length > 0 && currentBlock(view, now)),
    ...(hourly.length > 0 && hourlyBlock(view)),
    ...(daily.length > 0 && dailyBlock(view)),
  };
}

/** Seconds between the moments at which `current` changes. */
const interval = 900;

function currentBlock({ query, offset }: View, now: number) {
  const { units, current: names } = query;
  const time = Math.floor(now / interval) * interval;
  const hour = hourAt(query, Math.floor(now / 3600) * 3600);
  const current: Values = { time: localTime(time, offset, units.time), interval };
  for (const name of names) {
    const { quantity, of } = hourVariables[name]!;
    current[name] = written(of(hour), quantity, units);
  }
  return {
    current_units: { time: units.time, interval: 'seconds', ...signs(names, hourVariables, units) },
    current,
  };
}

function hourlyBlock({ query, offset, start, days }: View) {
  const { units, hourly: names } = query;
  const times = Array.from({ length: days * 24 }, (_, index) => start + index * 3600);
  const hours = times.map((time) => hourAt(query, time));
  const hourly: Block = { time: times.map((time) => localTime(time, offset, units.time)) };
  for (const name of names) {
    const { quantity, of } = hourVariables[name]!;
    hourly[name] = hours.map((hour) => written(of(hour), quantity, units));
  }
  return { hourly_units: { time: units.time, ...signs(names, hourVariables, units) }, hourly };
}

function dailyBlock({ query, offset, start, days }: View) {
  const { units, daily: names } = query;
  const starts = Array.from({ length: days }, (_, index) => start + index * 86_400);
  const all = starts.map((begin) => dayAt(query, begin));
  const daily: Block = { time: starts.map((begin) => localDay(begin, offset, units.time)) };
  for (const name of names) {
    const { quantity, of } = dayVariables[name]!;
    daily[name] = all.map((day) => {
      const value = of(day);
      return quantity === 'time' && value !== null
        ? localTime(value, offset, units.time)
        : written(value, quantity, units);
    });
  }
  return { daily_units: { time: units.time, ...signs(names, dayVariables, units) }, daily };
}

function dayAt(query: ForecastQuery, begin: number): Day {
  const hours = Array.from({ length: 24 }, (_, index) => hourAt(query, begin + index * 3600));
  return { hours, ...daylightOf(query, begin) };
}

function written(value: number | null, quantity: Quantity, units: Units): number | null {
  return value === null ? null : write(value, writingOf(quantity, units));
}

function signs(names: string[], table: Record<string, { quantity: Quantity }>, units: Units) {
  return Object.fromEntries(names.map((name) => [name, writingOf(table[name]!.quantity, units).sign]));
}
