import { config } from './config.js';

/**
 * @typedef {object} Now
 * @property {string} city
 * @property {number} temperature
 * @property {number} humidity
 * @property {number} wind_speed
 * @property {string} weather
 * @property {string} source
 *
 * @typedef {object} Daily
 * @property {string[]} time
 * @property {number[]} weather_code
 * @property {number[]} temperature_2m_max
 * @property {number[]} temperature_2m_min
 *
 * @typedef {{ name: string, country: string, latitude: number, longitude: number }} Place
 */

/** The weather can't be shown; `status` 0: the service can't be reached. */
export class NoWeather extends Error {
  /** @param {number} status @param {number | null} age of the last answer known, seconds */
  constructor(status, age) {
    super(String(status));
    this.status = status;
    this.age = age;
  }
}

/**
 * The weather of a city, and its outlook. Rejects with `NoWeather`.
 * @param {string} city
 * @returns {Promise<{ now: Now, place: Place | undefined, daily: Daily | null }>}
 */
export async function fetchWeather(city) {
  const [now, places] = await Promise.all([ask('/weather/', { city }), searchPlaces(city, 1)]);
  const [place] = places;
  return { now, place, daily: place ? await fetchDaily(place) : null };
}

/**
 * @param {string} name
 * @param {number} count
 * @returns {Promise<Place[]>}
 */
export async function searchPlaces(name, count) {
  if (name.trim().length < 2) return [];
  const answer = await ask('/v1/search', { name, count: String(count), language: config.language });
  return answer.results ?? [];
}

/** @param {Place} place @returns {Promise<Daily>} */
async function fetchDaily({ latitude, longitude }) {
  const answer = await ask('/v1/forecast', {
    latitude: String(latitude),
    longitude: String(longitude),
    daily: 'weather_code,temperature_2m_max,temperature_2m_min',
    timezone: 'auto',
    forecast_days: '5',
  });
  return answer.daily;
}

/** Longest wait for an answer, ms. */
const timeLimit = 8000;

/** @param {string} path @param {Record<string, string>} query */
async function ask(path, query) {
  const url = `${config.weather}${path}?${new URLSearchParams(query)}`;
  const response = await fetch(url, { signal: AbortSignal.timeout(timeLimit) }).catch(() => null);
  if (response?.ok) return response.json();
  const body = response ? await response.json().catch(() => ({})) : {};
  throw new NoWeather(response?.status ?? 0, body.last_known_age_seconds ?? null);
}
