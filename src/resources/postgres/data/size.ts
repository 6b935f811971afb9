import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

/** stat's unit, whatever the file system's. */
const BLOCK = 512;

/** Bytes that a folder takes on the disk; what vanishes meanwhile does not count. */
export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let bytes = 0;
  for (const { parentPath, name } of entries) {
    const stat = await lstat(path.join(parentPath, name)).catch(() => null);
    bytes += (stat?.blocks ?? 0) * BLOCK;
  }
  return bytes;
}
