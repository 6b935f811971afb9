import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { type Cascade, readCascades, readIndex } from '../../../systems/tweetoscope/model/index.ts';

/** Cascades of one pair of files. */
export interface DataSet {
  readonly name: string;
  readonly cascades: readonly Cascade[];
}

/** A data file and its index. */
export interface FilePair {
  readonly data: string;
  readonly index: string;
}

const DATA = /^(.*)[.-]data\.csv(\.gz)?$/;

/** The pairs `X.data.csv[.gz]` + `X.index.csv` (or `X-data.csv` + `X-index.csv`) of a folder; none where it is missing. */
export async function pairsIn(folder: string): Promise<FilePair[]> {
  const names = new Set(await readdir(folder).catch(() => []));
  return [...names].sort().flatMap((data) => {
    const stem = DATA.exec(data)?.[1];
    if (stem === undefined) return [];
    const candidates = ['.', '-'].flatMap((mark) =>
      ['', '.gz'].map((end) => `${stem}${mark}index.csv${end}`),
    );
    const index = candidates.find((name) => names.has(name));
    return index ? [{ data: join(folder, data), index: join(folder, index) }] : [];
  });
}

/** A file that can't be read as it is: no archive though its name says so, cut short, a folder, not allowed. */
export class DataFileError extends Error {}

/** Reads a pair; cascades below `least` events are left out. Throws LayoutError or DataFileError on damaged files. */
export async function readPair({ data, index }: FilePair, least = 1): Promise<DataSet> {
  const ranges = await readIndex(textOf(index), basename(index));
  const cascades: Cascade[] = [];
  for await (const cascade of readCascades(textOf(data), ranges, basename(data))) {
    if (cascade.times.length >= least) cascades.push(cascade);
  }
  return { name: DATA.exec(basename(data))![1]!, cascades };
}

async function* textOf(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  const text = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => text.destroy(error));
  let empty = true;
  try {
    for await (const chunk of text) {
      empty = false;
      yield chunk;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const problem = code.startsWith('Z_') ? 'a damaged gzip archive' : 'cannot be read';
    throw new DataFileError(`${basename(path)}: ${problem} (${message})`);
  }
  if (empty && path.endsWith('.gz')) throw new DataFileError(`${basename(path)}: an empty gzip archive`);
}
