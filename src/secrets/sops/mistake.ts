import { EscaleError } from '../../core/errors/index.ts';
import { printable } from '../../core/manifest/index.ts';

/** One thing that is wrong in a file of SOPS; never with a value. */
export interface SopsMistake {
  /** A name, or `db.password`; empty for the file as a whole. */
  path: string;
  message: string;
}

/** All that is wrong in a file, as one error. */
export function wrongFile(file: string, mistakes: SopsMistake[]): EscaleError {
  const lines = mistakes.map(({ path, message }) => (path === '' ? message : `${shown(path)}: ${message}`));
  const message =
    lines.length === 1 ? `${file}: ${lines[0]}` : `${file}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
  return new EscaleError('sops-file', message, { place: file });
}

/** Names come from a file of somebody: short, and without control characters. */
function shown(path: string): string {
  return printable(path.length > 80 ? `${path.slice(0, 79)}…` : path);
}
