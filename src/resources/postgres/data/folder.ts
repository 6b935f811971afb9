import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import type { ResourceAt } from '../../../core/contracts/index.ts';
import { EscaleError } from '../../../core/errors/index.ts';
import { type Names, namesFor } from '../../../core/postgres/index.ts';
import { syncFolder, writeDurably } from '../../../host/index.ts';

/** What Escale knows of a data folder; kept in it, so it travels with every backup. */
export interface Marker extends Names {
  /** Which passwords it was given: `fingerprintOf`. */
  access: string;
}

const POINTER = 'current.json';
const MARKER = 'escale.json';
/** Where a data folder is made; whatever is found there later was never whole. */
export const MAKING = 'making';

/** Makes a resource's folder: others may pass, to their data, but not look around. */
export function makeResourceFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  chmodSync(folder, 0o711);
}

/** The data folder that counts, absolute; null before there is one. Throws `resource-lost` when it should be there. */
export function currentData(folder: string): string | null {
  const pointed = readJson<{ folder: string }>(path.join(folder, POINTER))?.folder ?? null;
  if (pointed === null) return null;
  const data = path.join(folder, path.basename(pointed));
  if (readMarker(data) !== null) return data;
  throw new EscaleError('resource-lost', `the data folder ${data} is not there, or not whole`, {
    place: data,
  });
}

/** Gives a whole, durable folder the next name (`data-1`, `data-2` …) and makes it the one that counts. */
export function adoptData(folder: string, made: string): string {
  const data = path.join(folder, `data-${(dataNumbers(folder).at(-1) ?? 0) + 1}`);
  renameSync(made, data);
  syncFolder(folder);
  pointTo(folder, data);
  return data;
}

/** A data folder that was whole when a crash came before it counted; null where there is none. */
export function unpointedData(folder: string): string | null {
  const last = dataNumbers(folder).at(-1);
  return last === undefined ? null : path.join(folder, `data-${last}`);
}

/** Makes a data folder of a resource the one that counts. */
export function pointTo(folder: string, data: string): void {
  writeDurably(path.join(folder, POINTER), `${JSON.stringify({ folder: path.basename(data) })}\n`);
}

function dataNumbers(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => /^data-([1-9]\d{0,8})$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Null where there is none. */
export function readMarker(data: string): Marker | null {
  return readJson<Marker>(path.join(data, MARKER));
}

export function writeMarker(data: string, marker: Marker): void {
  writeDurably(path.join(data, MARKER), `${JSON.stringify(marker, null, 2)}\n`);
}

/** The names in the data that counts, or those that it is going to have. */
export function namesOf(at: ResourceAt): Names {
  const data = currentData(at.folder);
  return (data === null ? null : readMarker(data)) ?? namesFor(at.system);
}

function readJson<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
