import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A file of the page as it is served. */
export interface Asset {
  path: string;
  type: string;
  body: Buffer;
  /** For `If-None-Match`. */
  tag: string;
}

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files of the folder `page`: small and few, so they are kept in memory. */
export function readAssets(): Asset[] {
  const folder = path.join(import.meta.dirname, 'page');
  return globSync('*.{js,css,svg}', { cwd: folder }).map((name) => {
    const body = readFileSync(path.join(folder, name));
    const tag = `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;
    return { path: `/page/${name}`, type: types[path.extname(name)]!, body, tag };
  });
}
