import { WatchedFolder } from './watched-folder.ts';

/** A burst of changes (a checkout, a formatter) is one change once it has been quiet for this long, ms. */
const QUIET_MS = 80;

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
  const watched = new WatchedFolder(folder, () => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => void (watched.isThere() && run()), QUIET_MS);
  });
  await watched.open();
  return () => {
    stopped = true;
    if (timer !== null) clearTimeout(timer);
    watched.close();
  };
}
