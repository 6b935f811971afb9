import { type Parameters, wordsOf } from './parameters.ts';
import { BadRequest } from './refusal.ts';

/** The units asked for, by Open-Meteo's words. */
export interface Units {
  temperature: 'celsius' | 'fahrenheit';
  wind: 'kmh' | 'ms' | 'mph' | 'kn';
  precipitation: 'mm' | 'inch';
  time: 'iso8601' | 'unixtime';
}

/** What is measured; values are kept in °C, km/h, mm and so on, and turned into what was asked for at the end. */
export type Quantity =
  | 'temperature'
  | 'wind'
  | 'precipitation'
  | 'snow'
  | 'percent'
  | 'degrees'
  | 'pressure'
  | 'metres'
  | 'code'
  | 'flag'
  | 'seconds'
  | 'index'
  | 'radiation'
  | 'time';

/** How to write a quantity: its sign, the factor and offset from the unit it is kept in, and its decimals. */
export interface Writing {
  sign: string;
  factor: number;
  offset?: number;
  decimals: number;
}

/** Reads the units. Throws `BadRequest` for a word that is none. */
export function readUnits(parameters: Parameters): Units {
  const read = <Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word => {
    const given = wordsOf(parameters[name])[0];
    const word = given === undefined ? words[0] : words.find((one) => one === given);
    if (word !== undefined) return word;
    throw new BadRequest(
      `Cannot initialize '${name}' from the value '${given?.slice(0, 40)}': use ${words.join(', ')}.`,
    );
  };
  return {
    temperature: read('temperature_unit', ['celsius', 'fahrenheit']),
    wind: read('wind_speed_unit', ['kmh', 'ms', 'mph', 'kn']),
    precipitation: read('precipitation_unit', ['mm', 'inch']),
    time: read('timeformat', ['iso8601', 'unixtime']),
  };
}

const fixed: Partial<Record<Quantity, Writing>> = {
  percent: { sign: '%', factor: 1, decimals: 0 },
  degrees: { sign: '°', factor: 1, decimals: 0 },
  pressure: { sign: 'hPa', factor: 1, decimals: 1 },
  code: { sign: 'wmo code', factor: 1, decimals: 0 },
  flag: { sign: '', factor: 1, decimals: 0 },
  seconds: { sign: 's', factor: 1, decimals: 2 },
  index: { sign: '', factor: 1, decimals: 2 },
  radiation: { sign: 'W/m²', factor: 1, decimals: 1 },
  metres: { sign: 'm', factor: 1, decimals: 0 },
};

const wind: Record<Units['wind'], Writing> = {
  kmh: { sign: 'km/h', factor: 1, decimals: 1 },
  ms: { sign: 'm/s', factor: 1 / 3.6, decimals: 2 },
  mph: { sign: 'mp/h', factor: 1 / 1.609344, decimals: 1 },
  kn: { sign: 'kn', factor: 1 / 1.852, decimals: 1 },
};

/** How a quantity is written in these units; `time` writes itself. */
export function writingOf(quantity: Quantity, units: Units): Writing {
  const inch = units.precipitation === 'inch';
  if (quantity === 'temperature')
    return units.temperature === 'celsius'
      ? { sign: '°C', factor: 1, decimals: 1 }
      : { sign: '°F', factor: 1.8, offset: 32, decimals: 1 };
  if (quantity === 'wind') return wind[units.wind];
  if (quantity === 'precipitation')
    return inch ? { sign: 'inch', factor: 1 / 25.4, decimals: 3 } : { sign: 'mm', factor: 1, decimals: 2 };
  if (quantity === 'snow')
    return inch ? { sign: 'inch', factor: 1 / 2.54, decimals: 3 } : { sign: 'cm', factor: 1, decimals: 2 };
  return fixed[quantity] ?? { sign: units.time, factor: 1, decimals: 0 };
}

/** A value, kept in the quantity's own unit, as it is written. */
export function write(value: number, { factor, offset = 0, decimals }: Writing): number {
  return Number((value * factor + offset).toFixed(decimals)) + 0;
}
