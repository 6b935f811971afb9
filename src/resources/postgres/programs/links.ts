import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';

interface Link {
  /** The file that is there: `native/lib/libicuuc.so.60.2`. */
  source: string;
  /** The name it is looked for by: `native/lib/libicuuc.so.60`. */
  target: string;
}

/**
 * npm packages hold no links, and this one makes its own in a script that is not run: they are made here, beside the
 * libraries, or in `elsewhere` where that folder is read-only. Returns the folder that programs must be told of, if any.
 * Several processes may do it at once.
 */
export function restoreLinks(native: string, elsewhere: string): string | null {
  const missing = missingLinks(native);
  try {
    for (const { source, target } of missing) link(path.basename(source), inPackage(native, target));
    return null;
  } catch (error) {
    if (!READ_ONLY.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  for (const { source, target } of missing)
    link(inPackage(native, source), path.join(elsewhere, path.basename(target)));
  return elsewhere;
}

const READ_ONLY = ['EACCES', 'EPERM', 'EROFS'];

/** Those of the package's list that are not there. */
export function missingLinks(native: string): Link[] {
  const links = JSON.parse(readFileSync(path.join(native, 'pg-symlinks.json'), 'utf8')) as Link[];
  return links.filter(({ target }) => !existsSync(inPackage(native, target)));
}

/** The list names files from the package's top. */
function inPackage(native: string, file: string): string {
  return path.join(path.dirname(native), file);
}

function link(target: string, file: string): void {
  try {
    symlinkSync(target, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
