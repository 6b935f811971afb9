import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';
import { isRendered, type RenderedFile } from '../../core/render/index.ts';

/** Paths of the files that are missing in a folder, or not what would be rendered now. */
export function staleFiles(files: RenderedFile[], folder: string): string[] {
  return files
    .filter(({ path: name, text }) => textOf(path.join(folder, name)) !== text)
    .map((file) => file.path);
}

/**
 * Writes what is not current, each file whole or not at all; returns its paths. Throws `render-exists`, before anything is
 * written, where one stands there that Escale did not make.
 */
export function writeRendered(files: RenderedFile[], folder: string, { force = false } = {}): string[] {
  const foreign = force ? [] : files.filter((file) => !isOurs(path.join(folder, file.path)));
  if (foreign.length > 0)
    throw standsThere(
      foreign.map((file) => file.path),
      folder,
    );
  const stale = staleFiles(files, folder);
  for (const file of files.filter((each) => stale.includes(each.path))) writeOne(file, folder);
  return stale;
}

function isOurs(file: string): boolean {
  if (!existsSync(file)) return true;
  return lstatSync(file).isFile() && isRendered(readFileSync(file, 'utf8'));
}

function textOf(file: string): string | null {
  return existsSync(file) && lstatSync(file).isFile() ? readFileSync(file, 'utf8') : null;
}

function writeOne({ path: name, text }: RenderedFile, folder: string): void {
  const file = path.join(folder, name);
  const draft = `${file}.${process.pid}.tmp`;
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

function standsThere(names: string[], folder: string): EscaleError {
  const what = names.length === 1 ? 'stands there already and was' : 'stand there already and were';
  return new EscaleError('render-exists', `${names.join(', ')} ${what} not made by Escale`, {
    place: folder,
  });
}
