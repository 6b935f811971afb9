import type { Quantity } from './units.ts';

/** The weather of one hour at one place, in °C, km/h, mm, %, °, hPa, m. */
export interface Hour {
  temperature: number;
  humidity: number;
  cloud: number;
  precipitation: number;
  windSpeed: number;
  windDirection: number;
  pressure: number;
  /** WMO code 4677 as Open-Meteo uses it. */
  code: number;
  isDay: boolean;
  /** Of the sun over the horizon, degrees. */
  sunHeight: number;
  elevation: number;
}

/** A day: its hours, and its sunrise and sunset in seconds since 1970 (null: none that day). */
export interface Day {
  hours: Hour[];
  sunrise: number | null;
  sunset: number | null;
  /** Seconds. */
  daylight: number;
}

interface Variable<Of> {
  quantity: Quantity;
  of: (from: Of) => number | null;
}

const rain = ({ precipitation, temperature }: Hour) => (temperature > 0.5 ? precipitation : 0);
/** Centimetres: a millimetre of water is about 0.7 cm of snow, as Open-Meteo counts it. */
const snowfall = (hour: Hour) => (hour.precipitation - rain(hour)) * 0.7;
const gusts = ({ windSpeed }: Hour) => windSpeed * 1.6 + 4;
const radiation = ({ sunHeight, cloud }: Hour) =>
  Math.max(0, 990 * Math.sin((sunHeight * Math.PI) / 180)) * (1 - 0.0075 * cloud);
/** Australia's apparent temperature: warmer in damp air, colder in wind (m/s). */
const apparent = (hour: Hour) => {
  const vapour =
    (hour.humidity / 100) * 6.105 * Math.exp((17.27 * hour.temperature) / (237.7 + hour.temperature));
  return hour.temperature + 0.33 * vapour - 0.7 * (hour.windSpeed / 3.6) - 4;
};
/** Magnus' formula. */
const dewPoint = ({ temperature, humidity }: Hour) => {
  const gamma = Math.log(Math.max(1, humidity) / 100) + (17.62 * temperature) / (243.12 + temperature);
  return (243.12 * gamma) / (17.62 - gamma);
};

/** What can be asked of an hour, by Open-Meteo's name. */
export const hourVariables: Record<string, Variable<Hour>> = {
  temperature_2m: { quantity: 'temperature', of: (hour) => hour.temperature },
  relative_humidity_2m: { quantity: 'percent', of: (hour) => hour.humidity },
  dew_point_2m: { quantity: 'temperature', of: dewPoint },
  apparent_temperature: { quantity: 'temperature', of: apparent },
  precipitation_probability: {
    quantity: 'percent',
    of: (hour) => Math.max(0, Math.min(100, (hour.cloud - 40) * 1.6)),
  },
  precipitation: { quantity: 'precipitation', of: (hour) => hour.precipitation },
  rain: { quantity: 'precipitation', of: rain },
  showers: { quantity: 'precipitation', of: () => 0 },
  snowfall: { quantity: 'snow', of: snowfall },
  weather_code: { quantity: 'code', of: (hour) => hour.code },
  pressure_msl: { quantity: 'pressure', of: (hour) => hour.pressure },
  surface_pressure: { quantity: 'pressure', of: (hour) => hour.pressure * Math.exp(-hour.elevation / 8400) },
  cloud_cover: { quantity: 'percent', of: (hour) => hour.cloud },
  visibility: {
    quantity: 'metres',
    of: (hour) => (hour.code === 45 ? 400 : hour.precipitation > 0 ? 8000 : 24_140),
  },
  wind_speed_10m: { quantity: 'wind', of: (hour) => hour.windSpeed },
  wind_direction_10m: { quantity: 'degrees', of: (hour) => hour.windDirection },
  wind_gusts_10m: { quantity: 'wind', of: gusts },
  shortwave_radiation: { quantity: 'radiation', of: radiation },
  is_day: { quantity: 'flag', of: (hour) => (hour.isDay ? 1 : 0) },
};

const highest = (of: (hour: Hour) => number) => (day: Day) => Math.max(...day.hours.map(of));
const lowest = (of: (hour: Hour) => number) => (day: Day) => Math.min(...day.hours.map(of));
const total = (of: (hour: Hour) => number) => (day: Day) =>
  day.hours.reduce((sum, hour) => sum + of(hour), 0);
const temperature = (hour: Hour) => hour.temperature;
const windSpeed = (hour: Hour) => hour.windSpeed;

/** What can be asked of a day, by Open-Meteo's name. */
export const dayVariables: Record<string, Variable<Day>> = {
  weather_code: { quantity: 'code', of: highest((hour) => hour.code) },
  temperature_2m_max: { quantity: 'temperature', of: highest(temperature) },
  temperature_2m_min: { quantity: 'temperature', of: lowest(temperature) },
  temperature_2m_mean: { quantity: 'temperature', of: (day) => total(temperature)(day) / day.hours.length },
  apparent_temperature_max: { quantity: 'temperature', of: highest(apparent) },
  apparent_temperature_min: { quantity: 'temperature', of: lowest(apparent) },
  sunrise: { quantity: 'time', of: (day) => day.sunrise },
  sunset: { quantity: 'time', of: (day) => day.sunset },
  daylight_duration: { quantity: 'seconds', of: (day) => day.daylight },
  uv_index_max: { quantity: 'index', of: (day) => highest(radiation)(day) / 110 },
  precipitation_sum: { quantity: 'precipitation', of: total((hour) => hour.precipitation) },
  rain_sum: { quantity: 'precipitation', of: total(rain) },
  showers_sum: { quantity: 'precipitation', of: () => 0 },
  snowfall_sum: { quantity: 'snow', of: total(snowfall) },
  precipitation_hours: { quantity: 'index', of: total((hour) => (hour.precipitation > 0 ? 1 : 0)) },
  precipitation_probability_max: {
    quantity: 'percent',
    of: highest((hour) => Math.max(0, Math.min(100, (hour.cloud - 40) * 1.6))),
  },
  wind_speed_10m_max: { quantity: 'wind', of: highest(windSpeed) },
  wind_gusts_10m_max: { quantity: 'wind', of: highest(gusts) },
  wind_direction_10m_dominant: {
    quantity: 'degrees',
    of: ({ hours }) =>
      hours.reduce((top, hour) => (hour.windSpeed > top.windSpeed ? hour : top)).windDirection,
  },
  shortwave_radiation_sum: { quantity: 'index', of: (day) => (total(radiation)(day) * 3600) / 1e6 },
};

export const currentNames: ReadonlySet<string> = new Set(Object.keys(hourVariables));
export const hourlyNames: ReadonlySet<string> = currentNames;
export const dailyNames: ReadonlySet<string> = new Set(Object.keys(dayVariables));
