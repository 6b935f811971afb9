import timezoneAt from '@photostructure/tz-lookup';
import { type CityColumns, readCityFile } from './city-file.ts';
import { fold, isOneSlipAway } from './fold.ts';

/** A place in the shape of Open-Meteo's geocoding. */
export interface Place {
  id: number;
  name: string;
  latitude: number;
  longitude: number;
  /** Metres; null: the data don't say. */
  elevation: number | null;
  feature_code: string;
  country_code: string;
  /** GeoNames' id of the country; null: the data don't say. */
  country_id: number | null;
  /** In the language asked for. */
  country: string;
  timezone: string;
  population: number;
}

export interface Gazetteer {
  /** The most populous place of exactly this name (but for case, accents, hyphens); null: none. */
  find: (name: string, language?: string) => Place | null;
  /** Places of that name, then (from 3 letters) those that begin with it, then those a slip away; most populous first. */
  search: (query: { name: string; count: number; language: string }) => Place[];
  size: number;
}

/** The places of the world with at least about 1000 inhabitants, from GeoNames. */
export function loadGazetteer(cities: CityColumns = readCityFile()): Gazetteer {
  const folded = cities.names.map(fold);
  const rowsNamed = indexOf(folded);
  const find: Gazetteer['find'] = (name, language = 'en') => {
    const [row] = mostPopulous(cities, rowsNamed(fold(name)), 1);
    return row === undefined ? null : placeOf(cities, row, language);
  };
  const search: Gazetteer['search'] = ({ name, count, language }) =>
    searchRows(cities, folded, { name: fold(name), count }).map((row) => placeOf(cities, row, language));
  return { find, search, size: folded.length };
}

/** Finds the rows of a name; a chain through one array takes less memory than a list for each name. */
function indexOf(folded: string[]): (name: string) => number[] {
  const newest = new Map<string, number>();
  const before = new Int32Array(folded.length).fill(-1);
  folded.forEach((name, row) => {
    before[row] = newest.get(name) ?? -1;
    newest.set(name, row);
  });
  return (name) => {
    const rows: number[] = [];
    for (let row = newest.get(name) ?? -1; row >= 0; row = before[row]!) rows.push(row);
    return rows;
  };
}

type Test = (name: string) => boolean;
const equals = (wanted: string): Test => {
  return (name) => wanted !== '' && name === wanted;
};

function searchRows(
  cities: CityColumns,
  folded: string[],
  { name, count }: { name: string; count: number },
): number[] {
  if (name.length < 2) return [];
  const tests: Test[] = [equals(name)];
  if (name.length >= 3) tests.push((other) => other.startsWith(name) && other !== name);
  if (name.length >= 4) tests.push((other) => !other.startsWith(name) && isOneSlipAway(other, name));
  const rows: number[] = [];
  for (const test of tests) {
    if (rows.length >= count) break;
    rows.push(...mostPopulous(cities, rowsWhere(folded, test), count - rows.length));
  }
  return rows;
}

function rowsWhere(folded: string[], test: Test): number[] {
  const rows: number[] = [];
  for (let row = 0; row < folded.length; row++) if (test(folded[row]!)) rows.push(row);
  return rows;
}

function mostPopulous({ populations }: CityColumns, rows: number[], count: number): number[] {
  return rows.sort((a, b) => populations[b]! - populations[a]!).slice(0, count);
}

function placeOf(cities: CityColumns, row: number, language: string): Place {
  const [latitude, longitude] = [cities.latitudes[row]!, cities.longitudes[row]!];
  const code = cities.countries[row]!;
  return {
    id: cities.ids[row]!,
    name: cities.names[row]!,
    latitude,
    longitude,
    elevation: null,
    feature_code: cities.featureCodes[row]!,
    country_code: code,
    country_id: null,
    country: countryName(code, language),
    timezone: timezoneAt(latitude, longitude),
    population: cities.populations[row]!,
  };
}

function countryName(code: string, language: string): string {
  return new Intl.DisplayNames([language, 'en'], { type: 'region', fallback: 'code' }).of(code) ?? code;
}
