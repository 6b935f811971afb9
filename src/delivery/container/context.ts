import { realpathSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import dockerignore, { type Ignore } from '@balena/dockerignore';
import { EscaleError } from '../../core/errors/index.ts';

/** Nobody writes larger ones, bytes. */
const MOST_BYTES = 1 << 20;

/** It is CommonJS whose types say otherwise: what it exports is the function, with itself as its `default`. */
const { default: rules } = dockerignore as unknown as { default: () => Ignore };

/** Which files of a `source` a build sees: `.dockerignore` decides, or the one that stands beside its Dockerfile. */
export async function contextFilter(folder: string, dockerfile: string): Promise<(file: string) => boolean> {
  const own = await readInside(folder, `${dockerfile}.dockerignore`);
  const text = own ?? (await readInside(folder, '.dockerignore'));
  const isSeen = rules()
    .add(text?.toString('utf8') ?? '')
    .createFilter();
  return (file) => !IGNORE_FILE.test(file) && isSeen(file);
}

/** What is left out is not there: nobody has to be told once more. */
const IGNORE_FILE = /(?:^|\.)dockerignore$/;

/** Throws `dockerfile-missing`. */
export async function readDockerfile(folder: string, dockerfile: string): Promise<Buffer> {
  const found = await readInside(folder, dockerfile);
  if (found !== null) return found;
  const place = path.join(folder, dockerfile);
  const why = 'it is not there, no file, too large, or a link that leads out of its source';
  throw new EscaleError('dockerfile-missing', `${place} can’t be read: ${why}`, { place });
}

/** A file below a folder; null where it is none, or a link that leads out: builders print what they do not understand. */
async function readInside(folder: string, name: string): Promise<Buffer | null> {
  try {
    const file = realpathSync(path.join(folder, name));
    const isInside = file.startsWith(`${realpathSync(folder)}${path.sep}`);
    const stat = statSync(file);
    return isInside && stat.isFile() && stat.size <= MOST_BYTES ? await readFile(file) : null;
  } catch {
    return null;
  }
}
