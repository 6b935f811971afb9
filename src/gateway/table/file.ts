import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TrafficTable } from '../../core/contracts/index.ts';
import { isTable } from './check.ts';

/** The table kept at `path`; null when there is none or it can't be read, which `complain` hears. */
export async function readTable(
  path: string,
  complain: (reason: string) => void,
): Promise<TrafficTable | null> {
  try {
    const table: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isTable(table)) return table;
    complain('it holds no table');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') complain(String(error));
  }
  return null;
}

/** Keeps `table` at `path` so that after a crash at any moment there is a whole one, the old or the new. */
export async function writeTable(path: string, table: TrafficTable): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const fresh = `${path}.new`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(table));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}
