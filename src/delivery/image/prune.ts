import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { replaceWhole } from './blobs.ts';

const DAY_MS = 86_400_000;
/** What nobody needed for so long is made or fetched again when somebody does, ms. */
const KEPT_MS = 30 * DAY_MS;
/** What a process that was killed had begun, ms. */
const BEGUN_MS = 3_600_000;

/**
 * Takes away layers that nobody needed for a month, once a day. What names of bases mean stays, and so do Debian's
 * packages of these: mirrors do not keep old ones.
 */
export function pruneOnceADay(folder: string, now: number): void {
  const stamp = path.join(folder, 'pruned');
  if (ageOf(stamp, now) < DAY_MS) return;
  replaceWhole(stamp, '');
  for (const part of ['blobs/sha256', 'layers']) pruneFolder(path.join(folder, part), now);
}

function pruneFolder(folder: string, now: number): void {
  for (const name of namesIn(folder)) {
    const file = path.join(folder, name);
    if (ageOf(file, now) > longestOf(name)) rmSync(file, { recursive: true, force: true });
  }
}

function longestOf(name: string): number {
  return /\.draft$|^node-/.test(name) ? BEGUN_MS : KEPT_MS;
}

/** Since it was made or last used, ms; without end where it is not there. */
function ageOf(file: string, now: number): number {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? Number.POSITIVE_INFINITY : now - stat.mtimeMs;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
