import { once } from 'node:events';
import path from 'node:path';
import { watch } from 'chokidar';

/** A burst of changes (a checkout, a formatter) is one change once it has been quiet for this long, ms. */
const QUIET_MS = 80;
const IGNORED = new Set([
  'node_modules',
  '.git',
  '.venv',
  'venv',
  '__pycache__',
  '.escale',
  'dist',
  '.DS_Store',
]);

/**
 * Calls back with a folder after its files have changed; never twice at the same time. Resolves when every change
 * from now on is seen, with what ends it.
 */
export async function watchFolders(
  folders: string[],
  changed: (folder: string) => Promise<void>,
): Promise<() => void> {
  const stops = await Promise.all(folders.map((folder) => watchFolder(folder, () => changed(folder))));
  return () => {
    for (const stop of stops) stop();
  };
}

async function watchFolder(folder: string, changed: () => Promise<void>): Promise<() => void> {
  let timer: NodeJS.Timeout | null = null;
  let busy = false;
  let again = false;
  let stopped = false;
  const run = async () => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    await changed();
    busy = false;
    if (again && !stopped) {
      again = false;
      void run();
    }
  };
  const watcher = watch(folder, { ignoreInitial: true, ignored: (file) => isIgnored(folder, file) });
  const look = () => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void run(), QUIET_MS);
  };
  watcher.on('all', look);
  await once(watcher, 'ready');
  // A file or folder that vanished while it was looked at; before that, it can't watch at all.
  watcher.on('error', look);
  return () => {
    stopped = true;
    if (timer !== null) clearTimeout(timer);
    void watcher.close();
  };
}

function isIgnored(folder: string, file: string): boolean {
  return path
    .relative(folder, file)
    .split(path.sep)
    .some((part) => IGNORED.has(part));
}
