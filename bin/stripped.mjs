/** Where the stripped form of a source file is kept: a name that changes with the file and with the runtime. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';

export const root = path.dirname(import.meta.dirname);
export const cache = path.join(root, 'node_modules', '.cache', 'escale');
export const sources = path.join(root, 'src');

export function keptFile(file) {
  const { mtimeMs, size } = statSync(file);
  const name = createHash('sha256').update(`${process.version} ${file} ${mtimeMs} ${size}`).digest('hex');
  return path.join(cache, `${name.slice(0, 40)}.js`);
}
