import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { EscaleError } from '../../core/errors/index.ts';

const NAMES = ['escale.yaml', 'escale.yml', 'escale.config.ts'];

/** Where a system's file is, without links. */
export interface FoundFile {
  /** Absolute. */
  file: string;
  /** Absolute: the folder it stands in, which is the system's. */
  folder: string;
  form: 'yaml' | 'typescript';
}

/** A folder to look in (and above, up to the git root), or a file. Default: the current folder. */
export type Whereabouts = { folder?: string; file?: undefined } | { file: string; folder?: undefined };

/** Finds the file of a system. Throws `file-missing`, `file-twice`, `file-unreadable`. */
export function findFile(where: Whereabouts): FoundFile {
  if (where.file !== undefined) return describe(resolve(where.file));
  const start = resolve(where.folder ?? '.');
  if (!existsSync(start))
    throw new EscaleError('file-missing', `There is no folder ${start}`, { place: start });
  if (statSync(start).isFile()) return describe(start);
  for (const folder of foldersUpwards(start)) {
    const names = NAMES.filter((name) => existsSync(join(folder, name)));
    if (names.length > 1)
      throw new EscaleError('file-twice', `${folder} has ${names.join(' and ')}`, { place: folder });
    if (names[0] !== undefined) return describe(join(folder, names[0]));
  }
  throw new EscaleError('file-missing', `No ${NAMES.join(', ')} in ${start}`, { place: start });
}

/** The folder, then those above it up to the git root; outside of git the folder alone. */
function foldersUpwards(start: string): string[] {
  const folders = [start];
  while (!existsSync(join(folders.at(-1)!, '.git'))) {
    const parent = dirname(folders.at(-1)!);
    if (parent === folders.at(-1)) return [start];
    folders.push(parent);
  }
  return folders;
}

function describe(path: string): FoundFile {
  if (!existsSync(path)) throw new EscaleError('file-missing', `There is no file ${path}`, { place: path });
  const folder = realpathSync(dirname(path));
  const file = realpathSync(path);
  const problem = fileProblem(file, folder);
  if (problem) throw new EscaleError('file-unreadable', `${path} ${problem}`, { place: path });
  return {
    file: join(folder, basename(path)),
    folder,
    form: /\.[cm]?[jt]s$/.test(path) ? 'typescript' : 'yaml',
  };
}

function fileProblem(file: string, folder: string): string | null {
  if (!statSync(file).isFile()) return 'is not a file';
  return isInside(file, folder) ? null : 'is a link that leads out of its folder';
}

/** True when a path (both without links) is a folder or lies in it. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
