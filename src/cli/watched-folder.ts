import { once } from 'node:events';
import { statSync } from 'node:fs';
import path from 'node:path';
import { type FSWatcher, watch } from 'chokidar';

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

/** How often a folder is looked at for being another one than before, ms. */
const LOOK_MS = 500;

/**
 * Tells of every change of what is in a folder. A watch is on the folder that was there, not on its name: when another
 * one stands there (it was cloned anew), that is watched, and what is in it is a change.
 */
export class WatchedFolder {
  private readonly folder: string;
  private readonly changed: () => void;
  private watcher: FSWatcher | null = null;
  private watched: string | null = null;
  private readonly timer: NodeJS.Timeout;

  constructor(folder: string, changed: () => void) {
    this.folder = folder;
    this.changed = changed;
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** Resolves when every change from now on is seen. */
  async open(): Promise<void> {
    this.watched = this.identity();
    await once(this.watch({ ignoreInitial: true }), 'ready');
  }

  close(): void {
    clearInterval(this.timer);
    void this.watcher?.close();
  }

  isThere(): boolean {
    return this.identity() !== null;
  }

  private watch(options: { ignoreInitial: boolean }): FSWatcher {
    const watcher = watch(this.folder, { ...options, ignored: (file) => isIgnored(this.folder, file) });
    this.watcher = watcher;
    watcher.on('all', (_event, file) => {
      if (file === this.folder) this.look();
      else this.changed();
    });
    // A file or folder that vanished while it was looked at.
    watcher.on('error', () => this.changed());
    return watcher;
  }

  private look(): void {
    const now = this.identity();
    if (now === this.watched || now === null) return;
    this.watched = now;
    void this.watcher?.close();
    this.watch({ ignoreInitial: false });
  }

  /** Which folder stands there; null: none. An inode alone may come back as that of a new folder. */
  private identity(): string | null {
    const stat = statSync(this.folder, { bigint: true, throwIfNoEntry: false });
    return stat?.isDirectory() ? `${stat.dev} ${stat.ino} ${stat.birthtimeNs}` : null;
  }
}

function isIgnored(folder: string, file: string): boolean {
  return path
    .relative(folder, file)
    .split(path.sep)
    .some((part) => IGNORED.has(part));
}
