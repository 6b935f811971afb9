import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Builds the dashboard with Vite where its sources changed since the last time (in a clone; what is published
 * has it built). Whole or not at all: the old pages stay until the new ones are there.
 */
export async function buildDashboard(folder: string): Promise<void> {
  const vite = path.join(folder, '..', 'node_modules', 'vite', 'bin', 'vite.js');
  if (!existsSync(vite)) return;
  const built = path.join(folder, 'dist');
  const stamp = path.join(built, 'built-from');
  const sources = digestOfSources(folder);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  for (const name of readdirSync(folder).filter((each) => each.startsWith('dist.')))
    if (!isAlive(Number(name.slice(5)))) rmSync(path.join(folder, name), { recursive: true, force: true });
  const building = `${built}.${process.pid}`;
  await runVite(vite, folder, building);
  writeFileSync(path.join(building, 'built-from'), sources);
  rmSync(built, { recursive: true, force: true });
  renameSync(building, built);
}

/** Whether the process whose build it is may still be at it. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

function runVite(vite: string, folder: string, outDir: string): Promise<void> {
  const args = [vite, 'build', folder, '--outDir', outDir, '--emptyOutDir', '--logLevel', 'error'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (error === null) return resolve();
      rmSync(outDir, { recursive: true, force: true });
      reject(new Error(`the dashboard could not be built:\n${stdout}${stderr}`));
    });
  });
}

/** Names what is built from; the file `built-from` beside the pages says which of it they are. */
export function digestOfSources(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((name) => !/^(node_modules|dist)/.test(name))
    .sort();
  for (const name of files) hash.update(`${name}\0`).update(readFileSync(path.join(folder, name)));
  return hash.digest('hex');
}
