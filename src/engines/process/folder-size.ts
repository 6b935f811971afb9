import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Bytes of the files in a folder and below it; links are not followed, what vanishes meanwhile does not count. */
export function folderBytes(folder: string): number {
  return entriesOf(folder).reduce((sum, entry) => {
    const file = path.join(folder, entry.name);
    return sum + (entry.isDirectory() ? folderBytes(file) : fileBytes(file));
  }, 0);
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function fileBytes(file: string): number {
  try {
    return lstatSync(file).size;
  } catch {
    return 0;
  }
}
