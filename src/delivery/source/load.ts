import { relative } from 'node:path';
import type { Mistake, SystemFile } from '../../core/manifest/index.ts';
import { SystemFileError } from '../../core/manifest/index.ts';
import type { FoundFile, Whereabouts } from './find.ts';
import { findFile } from './find.ts';

/** A system's file that has no mistake. */
export interface LoadedSystem extends FoundFile {
  /** Validated, unresolved, plain JSON: what a release keeps. */
  model: SystemFile;
}

/** A system's file, with or without mistakes. */
export interface ReadSystem extends FoundFile {
  model: SystemFile | null;
  mistakes: Mistake[];
}

/** How files are named in mistakes: relative to `from` (absolute), by default to the system's folder. */
export interface Naming {
  from?: string;
}

/** Finds, reads and checks a system's file. Throws `SystemFileError` with every mistake, and what `findFile` throws. */
export async function loadSystem(where: Whereabouts, naming: Naming = {}): Promise<LoadedSystem> {
  const { model, mistakes, ...found } = await readSystem(where, naming);
  if (model === null) throw new SystemFileError(mistakes[0]!.file, mistakes);
  return { ...found, model };
}

/** Like `loadSystem`, but mistakes are returned. Throws only where there is no file to read. */
export async function readSystem(where: Whereabouts, naming: Naming = {}): Promise<ReadSystem> {
  const found = findFile(where);
  const { readChecked } = await import('./read-checked.ts');
  return readChecked(found, shownName(found, naming));
}

function shownName({ file, folder }: FoundFile, { from }: Naming): string {
  const name = relative(from ?? folder, file);
  return name.startsWith('..') ? file : name;
}
