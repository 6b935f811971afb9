import timezoneAt from '@photostructure/tz-lookup';
import { type Parameters, wordsOf } from './parameters.ts';
import { BadRequest } from './refusal.ts';
import { readUnits, type Units } from './units.ts';
import { currentNames, dailyNames, hourlyNames } from './variables.ts';

/** A checked question to a source: one point, what is wanted of it, and in which units. */
export interface ForecastQuery {
  latitude: number;
  longitude: number;
  /** An IANA name. */
  timezone: string;
  /** Days from today on, 0 to 16. */
  days: number;
  /** Days before today, 0 to 92. */
  pastDays: number;
  current: string[];
  hourly: string[];
  daily: string[];
  units: Units;
}

const maxPoints = 100;
const unsupported = ['start_date', 'end_date', 'start_hour', 'end_hour', 'minutely_15'];

/** One query for each point, as Open-Meteo reads them. Throws `BadRequest` that names the parameter. */
export function readForecastQueries(parameters: Parameters): ForecastQuery[] {
  const refused = unsupported.find((name) => parameters[name] !== undefined);
  if (refused) throw new BadRequest(`The parameter '${refused}' is not supported here.`);
  const latitudes = readCoordinates(parameters, 'latitude', 90);
  const longitudes = readCoordinates(parameters, 'longitude', 180);
  if (latitudes.length !== longitudes.length)
    throw new BadRequest("Parameter 'latitude' and 'longitude' must have the same number of elements.");
  const timezones = readTimezones(parameters, latitudes.length);
  const shared = readShared(parameters);
  return latitudes.map((latitude, index) => {
    const longitude = longitudes[index]!;
    const timezone = timezones[index] ?? timezones[0] ?? 'GMT';
    return { latitude, longitude, timezone: resolveTimezone(timezone, latitude, longitude), ...shared };
  });
}

function readShared(parameters: Parameters) {
  return {
    days: wholeNumber(parameters, 'forecast_days', { fallback: 7, max: 16 }),
    pastDays: wholeNumber(parameters, 'past_days', { fallback: 0, max: 92 }),
    current: readNames(parameters, 'current', currentNames),
    hourly: readNames(parameters, 'hourly', hourlyNames),
    daily: readNames(parameters, 'daily', dailyNames),
    units: readUnits(parameters),
  };
}

function readCoordinates(parameters: Parameters, name: string, limit: number): number[] {
  const words = wordsOf(parameters[name]);
  if (words.length === 0) throw new BadRequest(`Parameter '${name}' is required.`);
  if (words.length > maxPoints) throw new BadRequest(`At most ${maxPoints} points can be asked for at once.`);
  return words.map((word) => {
    const value = /^[+-]?\d{1,3}(\.\d{1,15})?$/.test(word) ? Number(word) : Number.NaN;
    if (Math.abs(value) <= limit) return value;
    throw new BadRequest(`${name} must be in range of -${limit} to ${limit}°. Given: ${word.slice(0, 40)}.`);
  });
}

function readTimezones(parameters: Parameters, points: number): string[] {
  const words = wordsOf(parameters.timezone);
  if (words.length <= 1 || words.length === points) return words;
  throw new BadRequest("Parameter 'timezone' must be one, or one for each point.");
}

function resolveTimezone(word: string, latitude: number, longitude: number): string {
  if (word === 'auto') return timezoneAt(latitude, longitude);
  if (/^(GMT|UTC)$/i.test(word)) return word.toUpperCase();
  try {
    if (!/^[A-Za-z]/.test(word)) throw new RangeError();
    return new Intl.DateTimeFormat('en', { timeZone: word }).resolvedOptions().timeZone;
  } catch {
    throw new BadRequest(`Invalid timezone '${word.slice(0, 40)}'.`);
  }
}

function readNames(parameters: Parameters, name: string, known: ReadonlySet<string>): string[] {
  const words = [...new Set(wordsOf(parameters[name]))];
  const stranger = words.find((word) => !known.has(word));
  if (stranger === undefined) return words;
  throw new BadRequest(
    `Cannot initialize '${name}' from the value '${stranger.slice(0, 60)}': no such variable here.`,
  );
}

function wholeNumber(
  parameters: Parameters,
  name: string,
  { fallback, max }: { fallback: number; max: number },
) {
  const [word, ...more] = wordsOf(parameters[name]);
  if (word === undefined) return fallback;
  const value = /^\d{1,3}$/.test(word) && more.length === 0 ? Number(word) : Number.NaN;
  if (value <= max) return value;
  throw new BadRequest(`${name} is invalid. Allowed range 0 to ${max}. Given ${word.slice(0, 20)}.`);
}
