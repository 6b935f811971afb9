import { readlink } from 'node:fs/promises';
import path from 'node:path';

/** Links that the kernel follows for one path before it gives up (path_resolution(7)). */
const MOST_LINKS = 40;

/**
 * Whether following a link of a folder leaves it at any step: `a/up/../x` does where `a/up` is a link to the top,
 * though its text does not look like it. `name` is the link's path in the folder, `target` what it holds.
 */
export async function leadsOut(folder: string, name: string, target: string): Promise<boolean> {
  const at = name.split('/').slice(0, -1);
  let ahead = [target];
  for (let links = 0; links <= MOST_LINKS; links++) {
    const next = ahead.shift()!;
    if (path.isAbsolute(next)) return true;
    ahead = [...next.split('/'), ...ahead];
    const found = await walkToLink(folder, at, ahead);
    if (typeof found === 'string') return found === 'out';
    ahead.unshift(found.link);
  }
  return false;
}

/** Goes along `ahead`, from `at`, up to the next link; moves both. */
async function walkToLink(
  folder: string,
  at: string[],
  ahead: string[],
): Promise<{ link: string } | 'out' | 'end'> {
  while (ahead.length > 0) {
    const part = ahead.shift()!;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (at.pop() === undefined) return 'out';
      continue;
    }
    const link = await readlink(path.join(folder, ...at, part)).catch(() => null);
    if (link !== null) return { link };
    at.push(part);
  }
  return 'end';
}
